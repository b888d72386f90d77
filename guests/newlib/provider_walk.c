/* The kernel's own confinement, and the choice between it and a walk. See
 * provider_walk.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider_walk.h"
#include "provider_walk_names.h"

/* Maximum number of attempts while directories move. */
#define ATTEMPTS 100

static bool has_openat2;

static int open_beneath(int directory, const char *path, int flags, int permissions)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? (unsigned)permissions : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int attempts = ATTEMPTS;
	int fd;

	do
		fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || (errno == EAGAIN && --attempts)));
	/* The kernel returns EXDEV for a path that leads outside. */
	return fd >= 0 ? fd : errno == EXDEV ? -EACCES : -errno;
}

/* A kernel before 5.6 says ENOSYS; filters of system calls also say EPERM. */
void walk_start(void)
{
	int fd = open_beneath(AT_FDCWD, ".", O_PATH, 0);

	has_openat2 = fd != -ENOSYS && fd != -EPERM;
	if (fd >= 0)
		close(fd);
}

int walk_open(int root, const char *path, int flags, int permissions)
{
	return has_openat2 ? open_beneath(root, path, flags, permissions)
			   : walk_names(root, path, flags, permissions);
}
