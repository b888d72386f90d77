/*
 * Open files in terms of newlib_calls.h: converts newlib's flags to those of
 * newlib_calls.h. Depends on newlib's headers and on newlib_calls.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <reent.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "console.h"
#include "errors.h"
#include "file_flags.h"
#include "file_mode.h"
#include "newlib_calls.h"
#include "working_directory.h"

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
	struct full_path full;
	int permissions = 0;
	int file;

	if (flags & O_CREAT) {
		va_list list;

		va_start(list, flags);
		permissions = va_arg(list, int);
		va_end(list);
	}
	file = (int)errors_take(newlib_open(full_path(&full, path), how_of_flags(flags),
					    file_mode_allowed(permissions)));
	if (file >= 0)
		file_flags_opened(file, flags);
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

off_t lseek(int file, off_t offset, int whence)
{
	static const int from[] = {
		[SEEK_SET] = NEWLIB_START,
		[SEEK_CUR] = NEWLIB_HERE,
		[SEEK_END] = NEWLIB_END,
	};

	if (whence < SEEK_SET || whence > SEEK_END) {
		errno = EINVAL;
		return -1;
	}
	return (off_t)errors_take(newlib_seek(file, offset, from[whence]));
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

int unlink(const char *path)
{
	struct full_path full;
	return (int)errors_take(newlib_unlink(full_path(&full, path)));
}

/* POSIX's name for an open, a change and a close. */
int truncate(const char *path, off_t size)
{
	int file = open(path, O_WRONLY);
	int result;

	if (file < 0)
		return -1;
	result = ftruncate(file, size);
	close(file);
	return result;
}

int fdatasync(int file)
{
	return fsync(file);
}
