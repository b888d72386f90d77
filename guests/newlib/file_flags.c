/*
 * fcntl(): flags, which the guest itself remembers, and record locks, which are the
 * host's. Depends on newlib and newlib_calls.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "duplicate.h"
#include "errors.h"
#include "file_flags.h"
#include "newlib_calls.h"

/* The console's are the same for all of it. */
static int flags_of[NEWLIB_FILES] = { O_RDWR, O_RDWR, O_RDWR };

static int fail(int error)
{
	errno = error;
	return -1;
}

void file_flags_opened(int file, int flags)
{
	flags_of[file] = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK);
}

void file_flags_copied(int file, int copy)
{
	flags_of[copy] = flags_of[file];
}

static int status_flags(int file)
{
	return flags_of[file];
}

/* Flags that the host would have to know cannot change. */
static int set_status_flags(int file, int flags)
{
	int may_change = O_APPEND | O_NONBLOCK;

	return (flags ^ status_flags(file)) & may_change ? fail(EINVAL) : 0;
}

static int to_host(struct newlib_lock *to, const struct flock *from)
{
	static const unsigned char origins[] = {
		[SEEK_SET] = NEWLIB_START,
		[SEEK_CUR] = NEWLIB_HERE,
		[SEEK_END] = NEWLIB_END,
	};

	if (from->l_whence < SEEK_SET || from->l_whence > SEEK_END)
		return fail(EINVAL);
	if (from->l_type == F_RDLCK)
		to->kind = NEWLIB_SHARED;
	else if (from->l_type == F_WRLCK)
		to->kind = NEWLIB_EXCLUSIVE_LOCK;
	else if (from->l_type == F_UNLCK)
		to->kind = NEWLIB_UNLOCKED;
	else
		return fail(EINVAL);
	to->origin = origins[from->l_whence];
	to->start = from->l_start;
	to->length = from->l_len;
	return 0;
}

/* Without a lock in the way, only the kind changes. */
static int test_lock(int file, struct flock *lock)
{
	struct newlib_lock host;

	if (to_host(&host, lock) ||
	    errors_take(newlib_lock(file, &host, NEWLIB_TEST_LOCK)) < 0)
		return -1;
	lock->l_type = F_UNLCK;
	if (host.kind == NEWLIB_UNLOCKED)
		return 0;
	*lock = (struct flock){
		.l_type = host.kind == NEWLIB_SHARED ? F_RDLCK : F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = host.start,
		.l_len = host.length,
		.l_pid = (pid_t)host.process,
	};
	return 0;
}

static int set_lock(int file, const struct flock *lock, int how)
{
	struct newlib_lock host;

	if (to_host(&host, lock))
		return -1;
	return (int)errors_take(newlib_lock(file, &host, how));
}

static int check_open(int file)
{
	struct newlib_status status;

	return (int)errors_take(newlib_status_of_file(file, &status));
}

/* Locks and copies need no check: the host says EBADF itself, and a status is another
 * call. */
static int use(int file, int command, va_list arguments)
{
	int checks_itself = command == F_GETLK || command == F_SETLK ||
			    command == F_SETLKW || command == F_DUPFD ||
			    command == F_DUPFD_CLOEXEC;

	if (!checks_itself && check_open(file))
		return -1;
	switch (command) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return duplicate_from(file, va_arg(arguments, int));
	case F_GETFD:
		return FD_CLOEXEC;
	case F_SETFD:
		return 0;
	case F_GETFL:
		return status_flags(file);
	case F_SETFL:
		return set_status_flags(file, va_arg(arguments, int));
	case F_GETLK:
		return test_lock(file, va_arg(arguments, struct flock *));
	case F_SETLK:
		return set_lock(file, va_arg(arguments, struct flock *), NEWLIB_TRY_LOCK);
	case F_SETLKW:
		return set_lock(file, va_arg(arguments, struct flock *),
				NEWLIB_WAIT_FOR_LOCK);
	default:
		return fail(EINVAL);
	}
}

int fcntl(int file, int command, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, command);
	result = use(file, command, arguments);
	va_end(arguments);
	return result;
}
