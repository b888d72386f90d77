/* bind() with a mode, once more if the file is a leftover. See socket_file.h. */
#define _GNU_SOURCE
#include "socket_file.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int bind_to(int fd, const struct sockaddr_un *address, mode_t hidden)
{
	const mode_t mask = umask(hidden);
	int error;

	umask(mask | hidden);
	error = bind(fd, (const struct sockaddr *)address, sizeof(*address)) ? -errno : 0;
	umask(mask);
	return error;
}

static int remove_leftover(int fd, const struct sockaddr_un *address)
{
	struct stat status;

	if (lstat(address->sun_path, &status))
		return -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) ||
	    errno != ECONNREFUSED)
		return -EADDRINUSE;
	return unlink(address->sun_path) ? -errno : 0;
}

int socket_file_bind(int fd, const char *path, mode_t hidden, struct stat *status)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	error = bind_to(fd, &address, hidden);
	if (error == -EADDRINUSE) {
		error = remove_leftover(fd, &address);
		if (!error)
			error = bind_to(fd, &address, hidden);
	}
	if (error)
		return error;
	return lstat(path, status) ? -errno : 0;
}

void socket_file_remove(const char *path, dev_t device, ino_t inode)
{
	struct stat status;

	if (!lstat(path, &status) && status.st_dev == device && status.st_ino == inode)
		unlink(path);
}
