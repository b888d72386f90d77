/*
 * The host's side of newlib_calls.h: checks the guest's arguments and translates errors.
 * Option: root=DIRECTORY, the only directory that the guest can use; without it, the
 * guest has the console only. All functions that the guest can call are
 * async-signal-safe: they use plain system calls only.
 */
#include <jumpslot/provider.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "newlib_functions.def"
#include "provider_files.h"
#include "provider_root.h"

#define ERROR_CASE(number, name)                                                         \
	case -(name):                                                                    \
		return -(number);

/* Converts a negative errno of the host to one of NEWLIB_ERRORS. */
static int64_t translate(int64_t result)
{
	switch (result) {
		NEWLIB_ERRORS(ERROR_CASE)
	default:
		return result < 0 ? -NEWLIB_EIO : result;
	}
}

/* The result for the guest. Restores errno for a host function that was interrupted. */
static int64_t answer(int64_t result, int host_errno)
{
	errno = host_errno;
	return translate(result);
}

/* Copies first: the guest may change a path while the provider reads it. */
static int copy_path(char *copy, const char *path)
{
	long length = jumpslot_guest_string(path, NEWLIB_MAX_PATH);

	if (length < 0)
		return length == -ERANGE ? -ENAMETOOLONG : (int)length;
	memcpy(copy, path, (size_t)length);
	copy[length] = 0;
	return 0;
}

static size_t at_most_int(size_t count)
{
	return count < INT_MAX ? count : INT_MAX;
}

int newlib_open(const char *path, int how, int permissions)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result)
		result = files_open(copy, how, permissions);
	return (int)answer(result, host_errno);
}

int newlib_close(int file)
{
	int host_errno = errno;

	return (int)answer(files_close(file), host_errno);
}

int newlib_read(int file, void *buffer, size_t count)
{
	int host_errno = errno;
	int64_t result;

	count = at_most_int(count);
	result = jumpslot_guest_range(buffer, count, JUMPSLOT_WRITE);
	if (!result)
		result = files_read(file, buffer, count);
	return (int)answer(result, host_errno);
}

int newlib_write(int file, const void *bytes, size_t count)
{
	int host_errno = errno;
	int64_t result;

	count = at_most_int(count);
	result = jumpslot_guest_range(bytes, count, JUMPSLOT_READ);
	if (!result)
		result = files_write(file, bytes, count);
	return (int)answer(result, host_errno);
}

int64_t newlib_seek(int file, int64_t offset, int whence)
{
	int host_errno = errno;

	return answer(files_seek(file, offset, whence), host_errno);
}

int newlib_status_of_file(int file, struct newlib_status *status)
{
	int host_errno = errno;
	int64_t result = jumpslot_guest_range(status, sizeof(*status), JUMPSLOT_WRITE);

	if (!result)
		result = files_status(file, status);
	return (int)answer(result, host_errno);
}

int newlib_status_of_path(const char *path, struct newlib_status *status)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result)
		result = jumpslot_guest_range(status, sizeof(*status), JUMPSLOT_WRITE);
	if (!result)
		result = files_status_of_path(copy, status);
	return (int)answer(result, host_errno);
}

int newlib_status_of_link(const char *path, struct newlib_status *status)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result)
		result = jumpslot_guest_range(status, sizeof(*status), JUMPSLOT_WRITE);
	if (!result)
		result = files_status_of_link(copy, status);
	return (int)answer(result, host_errno);
}

int newlib_read_at(int file, void *buffer, size_t count, int64_t offset)
{
	int host_errno = errno;
	int64_t result;

	count = at_most_int(count);
	result = jumpslot_guest_range(buffer, count, JUMPSLOT_WRITE);
	if (!result)
		result = files_read_at(file, buffer, count, offset);
	return (int)answer(result, host_errno);
}

int newlib_write_at(int file, const void *bytes, size_t count, int64_t offset)
{
	int host_errno = errno;
	int64_t result;

	count = at_most_int(count);
	result = jumpslot_guest_range(bytes, count, JUMPSLOT_READ);
	if (!result)
		result = files_write_at(file, bytes, count, offset);
	return (int)answer(result, host_errno);
}

int newlib_truncate(int file, int64_t size)
{
	int host_errno = errno;

	return (int)answer(files_truncate(file, size), host_errno);
}

int newlib_sync(int file)
{
	int host_errno = errno;

	return (int)answer(files_sync(file), host_errno);
}

int newlib_make_directory(const char *path, int permissions)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result)
		result = root_make_directory(copy, permissions & 0777);
	return (int)answer(result, host_errno);
}

int newlib_remove_directory(const char *path)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result)
		result = root_remove_directory(copy);
	return (int)answer(result, host_errno);
}

int newlib_access(const char *path, int rights)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result &&
	    rights & ~(NEWLIB_MAY_READ | NEWLIB_MAY_WRITE | NEWLIB_MAY_EXECUTE))
		result = -EINVAL;
	if (!result)
		result = root_access(copy,
				     (rights & NEWLIB_MAY_READ ? R_OK : 0) |
					     (rights & NEWLIB_MAY_WRITE ? W_OK : 0) |
					     (rights & NEWLIB_MAY_EXECUTE ? X_OK : 0));
	return (int)answer(result, host_errno);
}

int newlib_open_directory(const char *path)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result)
		result = files_open_directory(copy);
	return (int)answer(result, host_errno);
}

int newlib_read_directory(int file, struct newlib_entry *entry)
{
	int host_errno = errno;
	int64_t result = jumpslot_guest_range(entry, sizeof(*entry), JUMPSLOT_WRITE);

	if (!result)
		result = files_read_directory(file, entry);
	return (int)answer(result, host_errno);
}

int64_t newlib_sleep(int64_t ns)
{
	struct timespec time = { .tv_sec = ns / 1000000000,
				 .tv_nsec = (long)(ns % 1000000000) };
	struct timespec rest;
	int host_errno = errno;
	int64_t result;

	if (!nanosleep(&time, &rest))
		result = 0;
	else if (errno != EINTR)
		result = -errno;
	else
		result = (int64_t)rest.tv_sec * 1000000000 + rest.tv_nsec;
	return answer(result, host_errno);
}

int newlib_unlink(const char *path)
{
	char copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(copy, path);

	if (!result)
		result = root_unlink(copy);
	return (int)answer(result, host_errno);
}

int newlib_rename(const char *from, const char *to)
{
	char from_copy[NEWLIB_MAX_PATH + 1], to_copy[NEWLIB_MAX_PATH + 1];
	int host_errno = errno;
	int64_t result = copy_path(from_copy, from);

	if (!result)
		result = copy_path(to_copy, to);
	if (!result)
		result = root_rename(from_copy, to_copy);
	return (int)answer(result, host_errno);
}

int64_t newlib_clock(int which)
{
	static const clockid_t clocks[] = {
		[NEWLIB_WALL_CLOCK] = CLOCK_REALTIME,
		[NEWLIB_CPU_CLOCK] = CLOCK_PROCESS_CPUTIME_ID,
		[NEWLIB_STEADY_CLOCK] = CLOCK_MONOTONIC,
	};
	struct timespec time;

	if (which < NEWLIB_WALL_CLOCK || which > NEWLIB_STEADY_CLOCK)
		return -NEWLIB_EINVAL;
	clock_gettime(clocks[which], &time); /* cannot fail for these */
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	const char *directory = options + strlen("root=");
	int error;

	files_start();
	if (!*options)
		return 0;
	if (strncmp(options, "root=", strlen("root="))) {
		snprintf(message, size, "%s: unknown option (expected root=DIRECTORY)",
			 options);
		return -EINVAL;
	}
	error = root_use(directory);
	if (error)
		snprintf(message, size, "root=%s: %s", directory, strerror(-error));
	return error;
}
