/* For other providers: see <jumpslot/newlib_files.h>. Async-signal-safe. */
#include <jumpslot/provider.h>
#include <errno.h>
#include <fcntl.h>
#include <jumpslot/newlib_files.h>

#include "provider_files.h"

static int rights_of(int fd)
{
	static const int rights[] = {
		[O_RDONLY] = JUMPSLOT_READ,
		[O_WRONLY] = JUMPSLOT_WRITE,
		[O_RDWR] = JUMPSLOT_READ | JUMPSLOT_WRITE,
		[O_ACCMODE] = 0,
	};
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? 0 : rights[flags & O_ACCMODE];
}

__attribute__((__visibility__("default"))) int jumpslot_newlib_descriptor(int file,
									  int access)
{
	int all = JUMPSLOT_READ | JUMPSLOT_WRITE;
	int errno_before = errno;
	int fd = files_descriptor(file);

	if (!access || access & ~all)
		return -EINVAL;
	if (fd >= 0 && access & ~rights_of(fd))
		fd = -EBADF;
	errno = errno_before;
	return fd;
}
