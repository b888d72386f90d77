/*
 * newlib's system calls in terms of newlib_calls.h: converts newlib's flags and
 * structures to those of newlib_calls.h, and back. Depends on newlib's headers and on
 * newlib_calls.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <reent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
#include <jumpslot/virt_cpu.h>

#include "answers.h"
#include "console.h"
#include "errors.h"
#include "newlib_calls.h"

#define NS_PER_SECOND 1000000000
#define NS_PER_CLOCK  (NS_PER_SECOND / CLOCKS_PER_SEC)

void _exit(int status)
{
	for (;;)
		_CPU_Virtual_exec_stop_error(status);
}

static int how_of_flags(int flags)
{
	static const int access[] = {
		[O_RDONLY] = NEWLIB_READ,
		[O_WRONLY] = NEWLIB_WRITE,
		[O_RDWR] = NEWLIB_READ | NEWLIB_WRITE,
		[O_ACCMODE] = 0, /* the host refuses it */
	};

	return access[flags & O_ACCMODE] | (flags & O_APPEND ? NEWLIB_APPEND : 0) |
	       (flags & O_CREAT ? NEWLIB_CREATE : 0) |
	       (flags & O_EXCL ? NEWLIB_EXCLUSIVE : 0) |
	       (flags & O_TRUNC ? NEWLIB_TRUNCATE : 0);
}

int open(const char *path, int flags, ...)
{
	int permissions = 0;
	int file;

	if (flags & O_CREAT) {
		va_list list;

		va_start(list, flags);
		permissions = va_arg(list, int);
		va_end(list);
	}
	file = (int)errors_take(newlib_open(path, how_of_flags(flags),
					    answers_without_umask(permissions)));
	if (file >= 0)
		answers_opened(file, flags);
	return file;
}

int close(int file)
{
	int result = (int)errors_take(newlib_close(file));

	if (!result)
		console_closed(file);
	return result;
}

_READ_WRITE_RETURN_TYPE read(int file, void *buffer, size_t count)
{
	return (_READ_WRITE_RETURN_TYPE)errors_take(newlib_read(file, buffer, count));
}

_READ_WRITE_RETURN_TYPE write(int file, const void *buffer, size_t count)
{
	if (console_takes(file))
		return console_write(file, buffer, count);
	return (_READ_WRITE_RETURN_TYPE)errors_take(newlib_write(file, buffer, count));
}

/* off_t is a long: restores the old position if the new one does not fit. */
off_t lseek(int file, off_t offset, int whence)
{
	static const int from[] = {
		[SEEK_SET] = NEWLIB_START,
		[SEEK_CUR] = NEWLIB_HERE,
		[SEEK_END] = NEWLIB_END,
	};
	int64_t before = newlib_seek(file, 0, NEWLIB_HERE);
	int64_t position;

	if (whence < SEEK_SET || whence > SEEK_END) {
		errno = EINVAL;
		return -1;
	}
	position = newlib_seek(file, offset, from[whence]);
	if (position > LONG_MAX) {
		newlib_seek(file, before, NEWLIB_START);
		errno = EOVERFLOW;
		return -1;
	}
	return (off_t)errors_take(position);
}

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
	if (status->size > LONG_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	memset(stat, 0, sizeof(*stat));
	stat->st_mode = mode_of(status);
	stat->st_nlink = 1;
	stat->st_size = (off_t)status->size;
	stat->st_blksize = BUFSIZ;
	stat->st_mtim.tv_sec = status->changed_ns / NS_PER_SECOND;
	stat->st_mtim.tv_nsec = (long)(status->changed_ns % NS_PER_SECOND);
	stat->st_atim = stat->st_ctim = stat->st_mtim;
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
	struct newlib_status status;

	if (errors_take(newlib_status_of_path(path, &status)) < 0)
		return -1;
	return fill(stat, &status);
}

int lstat(const char *path, struct stat *stat)
{
	struct newlib_status status;

	if (errors_take(newlib_status_of_link(path, &status)) < 0)
		return -1;
	return fill(stat, &status);
}

ssize_t pread(int file, void *buffer, size_t count, off_t offset)
{
	return (ssize_t)errors_take(newlib_read_at(file, buffer, count, offset));
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset)
{
	return (ssize_t)errors_take(newlib_write_at(file, bytes, count, offset));
}

int ftruncate(int file, off_t size)
{
	return (int)errors_take(newlib_truncate(file, size));
}

int fsync(int file)
{
	return (int)errors_take(newlib_sync(file));
}

int isatty(int file)
{
	struct newlib_status status;

	if (errors_take(newlib_status_of_file(file, &status)) < 0)
		return 0;
	if (status.kind == NEWLIB_TERMINAL)
		return 1;
	errno = ENOTTY;
	return 0;
}

int unlink(const char *path)
{
	return (int)errors_take(newlib_unlink(path));
}

/* newlib's own version would make a hard link and remove the old name. */
int _rename_r(struct _reent *reent, const char *from, const char *to)
{
	(void)reent;
	return (int)errors_take(newlib_rename(from, to));
}

int gettimeofday(struct timeval *now, void *zone)
{
	int64_t ns = newlib_clock(NEWLIB_WALL_CLOCK);

	(void)zone;
	if (errors_take(ns) < 0)
		return -1;
	now->tv_sec = ns / NS_PER_SECOND;
	now->tv_usec = (suseconds_t)(ns % NS_PER_SECOND / 1000);
	return 0;
}

clock_t times(struct tms *times)
{
	int64_t ns = newlib_clock(NEWLIB_CPU_CLOCK);

	if (errors_take(ns) < 0)
		return (clock_t)-1;
	*times = (struct tms){ .tms_utime = (clock_t)(ns / NS_PER_CLOCK) };
	return times->tms_utime;
}

/* The guest sees one process, itself. */
pid_t getpid(void)
{
	return 1;
}

int kill(pid_t process, int signal)
{
	if (process != getpid()) {
		errno = ESRCH;
		return -1;
	}
	if (signal)
		_exit(128 + signal);
	return 0;
}
