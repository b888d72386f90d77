/* The file of a socket that the launcher makes. */
#ifndef JUMPSLOT_SOCKET_FILE_H
#define JUMPSLOT_SOCKET_FILE_H

#include <stdint.h>
#include <sys/types.h>

/* Tells it from another file of that name. File systems give a new file the inode number
 * of one that was removed, so its time of birth counts too, if they have that. */
struct socket_file {
	dev_t device;
	ino_t inode; /* 0: there is no file */
	int64_t born_s;
	uint32_t born_ns;
};

/*
 * Binds a socket to a new file, or in place of a socket's file without a listener, left
 * by a run that was killed. `hidden`: bits that the file's mode must not have. Returns 0
 * and the file, or a negative errno.
 */
int socket_file_bind(int fd, const char *path, mode_t hidden, struct socket_file *file);

/* Removes the file, unless another process has replaced it. */
void socket_file_remove(const char *path, const struct socket_file *file);

#endif
