/* bind() with a mode, once more if the file is a leftover. See socket_file.h. */
#define _GNU_SOURCE
#include "socket_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#ifndef STATX_BTIME /* older versions of musl */
#include <linux/stat.h>
#endif

/* The longest time to wait for another process that makes a socket there. */
#define LOCK_MS 2000

static int bind_to(int fd, const struct sockaddr_un *address, mode_t hidden)
{
	const mode_t mask = umask(hidden);
	int error;

	umask(mask | hidden);
	error = bind(fd, (const struct sockaddr *)address, sizeof(*address)) ? -errno : 0;
	umask(mask);
	return error;
}

/* Whether a process has the socket. It accepts no connection of another kind, so it does
 * not notice, and it need not listen yet. */
static bool is_in_use(const struct sockaddr_un *address)
{
	const int probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool refused;

	if (probe < 0)
		return true;
	refused = connect(probe, (const struct sockaddr *)address, sizeof(*address)) &&
		  errno == ECONNREFUSED;
	close(probe);
	return !refused;
}

static int remove_leftover(const struct sockaddr_un *address)
{
	struct stat status;

	if (lstat(address->sun_path, &status))
		return -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	if (is_in_use(address))
		return -EADDRINUSE;
	return unlink(address->sun_path) ? -errno : 0;
}

static int find(const char *path, struct socket_file *file)
{
	struct statx status;

	if (syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW,
		    STATX_INO | STATX_BTIME, &status))
		return -errno;
	*file = (struct socket_file){
		.device = makedev(status.stx_dev_major, status.stx_dev_minor),
		.inode = status.stx_ino,
		.born_s = status.stx_btime.tv_sec,
		.born_ns = status.stx_btime.tv_nsec,
	};
	return 0;
}

/* Whether another process holds the lock; if not, this one does, or there are none. */
static bool is_locked(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) && (errno == EWOULDBLOCK || errno == EINTR);
}

/* Locks the path's directory, if nobody holds the lock for long. Returns a descriptor to
 * close, or -1. */
static int lock_directory(const char *path)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const char *slash = strrchr(path, '/');
	char name[sizeof(((struct sockaddr_un *)NULL)->sun_path)] = ".";
	int fd;

	if (slash)
		memcpy(name, path, (size_t)(slash - path) + 1);
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i < LOCK_MS && is_locked(fd); i++)
		nanosleep(&pause, NULL);
	return fd;
}

static int bind_locked(int fd, const struct sockaddr_un *address, mode_t hidden,
		       struct socket_file *file)
{
	int error = bind_to(fd, address, hidden);

	if (error == -EADDRINUSE) {
		error = remove_leftover(address);
		if (!error)
			error = bind_to(fd, address, hidden);
	}
	if (error)
		return error;
	error = find(address->sun_path, file);
	if (error)
		unlink(address->sun_path);
	return error;
}

/* Two processes that find the same leftover must not remove each other's socket. */
int socket_file_bind(int fd, const char *path, mode_t hidden, struct socket_file *file)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int lock, error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	lock = lock_directory(path);
	error = bind_locked(fd, &address, hidden, file);
	if (lock >= 0)
		close(lock);
	return error;
}

static bool is_same(const struct socket_file *one, const struct socket_file *other)
{
	return one->device == other->device && one->inode == other->inode &&
	       one->born_s == other->born_s && one->born_ns == other->born_ns;
}

void socket_file_remove(const char *path, const struct socket_file *file)
{
	struct socket_file there = { 0 };

	if (!find(path, &there) && is_same(&there, file))
		unlink(path);
}
