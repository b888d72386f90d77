/* See provider_attributes.h. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <jumpslot/provider.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "provider_attributes.h"
#include "provider_files.h"
#include "provider_fstat.h"
#include "provider_root.h"

#define NS_PER_SECOND 1000000000
/* The sandbox lets no other bits pass. */
#define PERMISSIONS 0777

/* Changes the file of a host descriptor. */
typedef int change(int fd, const void *to);

static int change_times(int fd, const void *to)
{
	return futimens(fd, to) ? -errno : 0;
}

static int change_permissions(int fd, const void *to)
{
	return fchmod(fd, *(const mode_t *)to) ? -errno : 0;
}

static struct timespec host_time(int64_t ns)
{
	if (ns == NEWLIB_TIME_NOW || ns == NEWLIB_TIME_KEEP)
		return (struct timespec){ .tv_nsec = ns == NEWLIB_TIME_NOW ? UTIME_NOW
									   : UTIME_OMIT };
	/* tv_nsec is never negative, not even before 1970. */
	return (struct timespec){
		.tv_sec = ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0),
		.tv_nsec = (long)((ns % NS_PER_SECOND + NS_PER_SECOND) % NS_PER_SECOND),
	};
}

/* The console belongs to the host. */
static int change_file(int file, change *make, const void *to)
{
	int fd = files_descriptor(file);

	if (fd < 0)
		return fd;
	return files_is_console(file) ? -EPERM : make(fd, to);
}

static int look_at(const char *path, struct stat *status)
{
	int fd = root_open(path, O_PATH, 0);
	int error;

	if (fd < 0)
		return fd;
	error = provider_fstat(fd, status) ? -errno : 0;
	close(fd);
	return error;
}

static int open_to_change(const char *path)
{
	int waits_for_nothing = O_NONBLOCK | O_NOCTTY;
	int fd = root_open(path, O_RDONLY | waits_for_nothing, 0);
	int writing;

	if (fd != -EACCES)
		return fd;
	writing = root_open(path, O_WRONLY | waits_for_nothing, 0);
	return writing >= 0 ? writing : fd;
}

/* To open a device can have effects of its own. */
static int change_path(const char *path, change *make, const void *to)
{
	struct stat status;
	int error = look_at(path, &status);
	int fd;

	if (error)
		return error;
	if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return -EACCES;
	/* Closing another descriptor of an open file would release the guest's locks. */
	fd = files_find(&status);
	if (fd >= 0)
		return make(fd, to);
	fd = open_to_change(path);
	if (fd < 0)
		return fd;
	error = make(fd, to);
	close(fd);
	return error;
}

int attributes_set_times_of_file(int file, int64_t accessed_ns, int64_t modified_ns)
{
	const struct timespec to[] = { host_time(accessed_ns), host_time(modified_ns) };

	return change_file(file, change_times, to);
}

int attributes_set_times(const char *path, int64_t accessed_ns, int64_t modified_ns)
{
	const struct timespec to[] = { host_time(accessed_ns), host_time(modified_ns) };

	return change_path(path, change_times, to);
}

int attributes_set_permissions_of_file(int file, int permissions)
{
	const mode_t to = (mode_t)permissions & PERMISSIONS;

	return change_file(file, change_permissions, &to);
}

int attributes_set_permissions(const char *path, int permissions)
{
	const mode_t to = (mode_t)permissions & PERMISSIONS;

	return change_path(path, change_permissions, &to);
}
