/*
 * POSIX calls that need no host: the guest is one process of one user, and no other
 * process shares its files. Calls without a meaning for a guest fail with ENOSYS.
 * Depends on newlib and newlib_calls.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "answers.h"
#include "errors.h"
#include "newlib_calls.h"

#define HOST_NAME "jumpslot"

/* C++ registers destructors of statics with this as their owner. */
void *__dso_handle;

static int flags_of[NEWLIB_FILES];
static int mask = S_IWGRP | S_IWOTH;

static int fail(int error)
{
	errno = error;
	return -1;
}

int answers_without_umask(int permissions)
{
	return permissions & 0777 & ~mask;
}

void answers_opened(int file, int flags)
{
	flags_of[file] = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK);
}

mode_t umask(mode_t new)
{
	mode_t old = (mode_t)mask;

	mask = (int)new & 0777;
	return old;
}

static int status_flags(int file)
{
	return file <= STDERR_FILENO ? O_RDWR : flags_of[file];
}

/* Flags that the host would have to know cannot change. */
static int set_status_flags(int file, int flags)
{
	int may_change = O_APPEND | O_NONBLOCK;

	return (flags ^ status_flags(file)) & may_change ? fail(EINVAL) : 0;
}

int fcntl(int file, int command, ...)
{
	struct newlib_status status;
	struct flock *lock = NULL;
	int flags = 0;
	va_list list;

	va_start(list, command);
	if (command == F_SETFD || command == F_SETFL)
		flags = va_arg(list, int);
	else if (command == F_GETLK || command == F_SETLK || command == F_SETLKW)
		lock = va_arg(list, struct flock *);
	va_end(list);
	if (errors_take(newlib_status_of_file(file, &status)) < 0)
		return -1;
	switch (command) {
	case F_GETFD:
		return FD_CLOEXEC;
	case F_GETFL:
		return status_flags(file);
	case F_SETFL:
		return set_status_flags(file, flags);
	case F_GETLK:
		lock->l_type = F_UNLCK;
		return 0;
	case F_SETFD:
	case F_SETLK:
	case F_SETLKW:
		return 0;
	default:
		return fail(EINVAL);
	}
}

uid_t getuid(void)
{
	return 0;
}

uid_t geteuid(void)
{
	return 0;
}

gid_t getgid(void)
{
	return 0;
}

gid_t getegid(void)
{
	return 0;
}

pid_t getppid(void)
{
	return 0;
}

long sysconf(int name)
{
	switch (name) {
	case _SC_PAGESIZE:
		return 4096;
	case _SC_OPEN_MAX:
		return NEWLIB_FILES;
	case _SC_CLK_TCK:
		return CLOCKS_PER_SEC;
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	default:
		return fail(EINVAL);
	}
}

int getpagesize(void)
{
	return (int)sysconf(_SC_PAGESIZE);
}

int gethostname(char *name, size_t size)
{
	if (size < sizeof(HOST_NAME))
		return fail(ENAMETOOLONG);
	strcpy(name, HOST_NAME);
	return 0;
}

int uname(struct utsname *name)
{
	memset(name, 0, sizeof(*name));
	strcpy(name->sysname, "jumpslot");
	strcpy(name->nodename, HOST_NAME);
	strcpy(name->release, "1");
	strcpy(name->version, "1");
	strcpy(name->machine, sizeof(void *) == 8 ? "x86_64" : "i686");
	return 0;
}

/* Returns the error and does not set errno. */
int posix_memalign(void **memory, size_t alignment, size_t size)
{
	int before = errno;
	void *got;

	if (alignment < sizeof(void *) || alignment & (alignment - 1))
		return EINVAL;
	got = memalign(alignment, size);
	errno = before;
	if (!got)
		return ENOMEM;
	*memory = got;
	return 0;
}

ssize_t getline(char **line, size_t *size, FILE *file)
{
	return __getline(line, size, file);
}

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file)
{
	return __getdelim(line, size, delimiter, file);
}

#define NOT_HERE(type, name, ...)                                                        \
	type name(__VA_ARGS__)                                                           \
	{                                                                                \
		return (type)(intptr_t)fail(ENOSYS);                                     \
	}

#pragma GCC diagnostic ignored "-Wunused-parameter"
NOT_HERE(int, chmod, const char *path, mode_t mode)
NOT_HERE(int, fchmod, int file, mode_t mode)
NOT_HERE(int, chown, const char *path, uid_t user, gid_t group)
NOT_HERE(int, fchown, int file, uid_t user, gid_t group)
NOT_HERE(int, utime, const char *path, const struct utimbuf *times)
NOT_HERE(int, link, const char *from, const char *to)
NOT_HERE(int, symlink, const char *target, const char *path)
NOT_HERE(ssize_t, readlink, const char *path, char *buffer, size_t size)
NOT_HERE(int, dup, int file)
NOT_HERE(int, dup2, int file, int other)
NOT_HERE(int, pipe, int files[2])
NOT_HERE(void *, mmap, void *address, size_t size, int access, int flags, int file,
	 off_t offset)
NOT_HERE(int, munmap, void *address, size_t size)
NOT_HERE(int, mprotect, void *address, size_t size, int access)
