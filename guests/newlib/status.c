/*
 * Status, times and permissions of files in terms of newlib_calls.h. Depends on newlib
 * and newlib_calls.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "errors.h"
#include "nanoseconds.h"
#include "newlib_calls.h"
#include "working_directory.h"

static mode_t mode_of(const struct newlib_status *status)
{
	static const mode_t kinds[] = {
		[NEWLIB_FILE] = S_IFREG,     [NEWLIB_DIRECTORY] = S_IFDIR,
		[NEWLIB_TERMINAL] = S_IFCHR, [NEWLIB_STREAM] = S_IFIFO,
		[NEWLIB_LINK] = S_IFLNK,
	};

	return kinds[status->kind <= NEWLIB_LINK ? status->kind : NEWLIB_STREAM] |
	       (mode_t)status->permissions;
}

static int fill(struct stat *stat, const struct newlib_status *status)
{
	memset(stat, 0, sizeof(*stat));
	stat->st_dev = status->device;
	stat->st_ino = status->number;
	stat->st_mode = mode_of(status);
	stat->st_nlink = (nlink_t)status->links;
	stat->st_size = status->size;
	stat->st_blksize = BUFSIZ;
	stat->st_blocks = status->blocks;
	stat->st_atim = timespec_of_ns(status->accessed_ns);
	stat->st_mtim = timespec_of_ns(status->modified_ns);
	stat->st_ctim = timespec_of_ns(status->changed_ns);
	return 0;
}

int fstat(int file, struct stat *stat)
{
	struct newlib_status status;

	if (errors_take(newlib_status_of_file(file, &status)) < 0)
		return -1;
	return fill(stat, &status);
}

int stat(const char *path, struct stat *stat)
{
	struct full_path full;
	struct newlib_status status;

	if (errors_take(newlib_status_of_path(full_path(&full, path), &status)) < 0)
		return -1;
	return fill(stat, &status);
}

int lstat(const char *path, struct stat *stat)
{
	struct full_path full;
	struct newlib_status status;

	if (errors_take(newlib_status_of_link(full_path(&full, path), &status)) < 0)
		return -1;
	return fill(stat, &status);
}

int chmod(const char *path, mode_t mode)
{
	struct full_path full;
	return (int)errors_take(
		newlib_set_permissions(full_path(&full, path), (int)mode & 0777));
}

int fchmod(int file, mode_t mode)
{
	return (int)errors_take(newlib_set_permissions_of_file(file, (int)mode & 0777));
}

/* Returns 0, or -1 with errno set. Nanoseconds reach from 1678 to 2262. */
static int take_timespec(int64_t *to, const struct timespec *from)
{
	int64_t limit = INT64_MAX / NS_PER_SECOND - 1;

	if (from->tv_nsec == UTIME_NOW) {
		*to = NEWLIB_TIME_NOW;
	} else if (from->tv_nsec == UTIME_OMIT) {
		*to = NEWLIB_TIME_KEEP;
	} else if (from->tv_nsec >= 0 && from->tv_nsec < NS_PER_SECOND &&
		   from->tv_sec >= -limit && from->tv_sec <= limit) {
		*to = (int64_t)from->tv_sec * NS_PER_SECOND + from->tv_nsec;
	} else {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

static int take_timespecs(int64_t to[2], const struct timespec from[2])
{
	to[0] = to[1] = NEWLIB_TIME_NOW;
	if (!from)
		return 0;
	return take_timespec(&to[0], &from[0]) || take_timespec(&to[1], &from[1]) ? -1
										  : 0;
}

static int set_times(const char *path, const struct timespec times[2])
{
	struct full_path full;
	int64_t ns[2];

	if (take_timespecs(ns, times))
		return -1;
	return (int)errors_take(newlib_set_times(full_path(&full, path), ns[0], ns[1]));
}

int futimens(int file, const struct timespec *times)
{
	int64_t ns[2];

	if (take_timespecs(ns, times))
		return -1;
	return (int)errors_take(newlib_set_times_of_file(file, ns[0], ns[1]));
}

int utime(const char *path, const struct utimbuf *times)
{
	struct timespec spec[2] = { { 0 } };

	if (!times)
		return set_times(path, NULL);
	spec[0].tv_sec = times->actime;
	spec[1].tv_sec = times->modtime;
	return set_times(path, spec);
}

int utimes(const char *path, const struct timeval *times)
{
	struct timespec spec[2];

	if (!times)
		return set_times(path, NULL);
	for (int i = 0; i < 2; i++) {
		if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000) {
			errno = EINVAL;
			return -1;
		}
		spec[i].tv_sec = times[i].tv_sec;
		spec[i].tv_nsec = times[i].tv_usec * 1000;
	}
	return set_times(path, spec);
}
