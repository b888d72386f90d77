/* Another description, or a few bytes at a time. See write_now.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "write_now.h"

#define FEW 256

/* A regular file never blocks, and has an offset that another description would not
 * share: another descriptor will do. */
int write_now_open(int fd)
{
	struct stat status;
	char path[32];
	int to = -1;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fstat(fd, &status))
		return fd;
	if (S_ISREG(status.st_mode))
		to = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	else if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode))
		to = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return to < 0 ? fd : to;
}

void write_now_close(int to, int fd)
{
	if (to != fd)
		close(to);
}

/* A descriptor that could not be opened again has room for a few bytes if it is ready. */
ssize_t write_now(int to, int fd, const char *bytes, size_t size)
{
	ssize_t count = send(to, bytes, size, MSG_DONTWAIT);

	if (count < 0 && errno == ENOTSOCK)
		count = write(to, bytes, to == fd && size > FEW ? FEW : size);
	return count;
}
