/*
 * POSIX calls that need no host: the guest is the only process of the only user of its
 * machine. Calls without a meaning for a guest fail with ENOSYS. Depends on newlib.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "newlib_calls.h"

#define HOST_NAME "jumpslot"

/* C++ registers destructors of statics with this as their owner. */
void *__dso_handle;

static int fail(int error)
{
	errno = error;
	return -1;
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

#define NOT_HERE(type, name, ...)                                                        \
	type name(__VA_ARGS__)                                                           \
	{                                                                                \
		return (type)(intptr_t)fail(ENOSYS);                                     \
	}

#pragma GCC diagnostic ignored "-Wunused-parameter"
NOT_HERE(int, chown, const char *path, uid_t user, gid_t group)
NOT_HERE(int, lchown, const char *path, uid_t user, gid_t group)
NOT_HERE(int, fchown, int file, uid_t user, gid_t group)
NOT_HERE(int, fchdir, int file)
NOT_HERE(int, pipe, int files[2])
NOT_HERE(void *, mmap, void *address, size_t size, int access, int flags, int file,
	 off_t offset)
NOT_HERE(int, munmap, void *address, size_t size)
NOT_HERE(int, mprotect, void *address, size_t size, int access)
