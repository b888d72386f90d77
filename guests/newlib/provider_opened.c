/* See provider_opened.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider_opened.h"

/* Room for "/proc/self/fd/" and any number. */
struct name {
	char text[32];
};

/* printf() is not async-signal-safe. */
static const char *name_of(struct name *name, int fd)
{
	char *end = name->text + sizeof(name->text) - 1;
	unsigned number = (unsigned)fd;

	*end = 0;
	do
		*--end = (char)('0' + number % 10);
	while (number /= 10);
	end -= strlen("/proc/self/fd/");
	return memcpy(end, "/proc/self/fd/", strlen("/proc/self/fd/"));
}

/* A kernel says ENOSYS, or EINVAL to a flag that it does not know; a filter of system
 * calls also says EPERM. */
static bool is_missing(int error)
{
	return error == ENOSYS || error == EINVAL || error == EPERM;
}

/* The error of a call by name_of(). */
static int error_of_name(void)
{
	return errno == ENOENT ? -ENOSYS : -errno;
}

int opened_access(int fd, int rights)
{
	struct name name;

	if (!syscall(SYS_faccessat2, fd, "", rights, AT_EMPTY_PATH))
		return 0;
	if (!is_missing(errno))
		return -errno;
	return access(name_of(&name, fd), rights) ? error_of_name() : 0;
}
