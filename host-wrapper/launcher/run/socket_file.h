/* The file of a socket that the launcher makes. */
#ifndef JUMPSLOT_SOCKET_FILE_H
#define JUMPSLOT_SOCKET_FILE_H

#include <sys/stat.h>
#include <sys/types.h>

/*
 * Binds a socket to a new file, or in place of a socket's file without a listener, left
 * by a run that was killed. `hidden`: bits that the file's mode must not have. Returns 0
 * and the file's status, or a negative errno.
 */
int socket_file_bind(int fd, const char *path, mode_t hidden, struct stat *status);

/* Removes the file, unless another process has replaced it. */
void socket_file_remove(const char *path, dev_t device, ino_t inode);

#endif
