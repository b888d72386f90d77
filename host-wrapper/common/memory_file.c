/* One memory file under a limit on file size. See memory_file.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory_file.h"

static int set_size(int fd, const char *what, uint64_t size, struct message *message)
{
	struct rlimit before, raised;
	int error;

	if (getrlimit(RLIMIT_FSIZE, &before))
		return fail(message, errno, "the limit on file size: %s",
			    strerror(errno));
	if (before.rlim_max < size)
		return fail(message, EFBIG,
			    "no memory file of %" PRIu64
			    " bytes for %s: the hard limit on file size is %" PRIu64
			    " bytes (ulimit -H -f)",
			    size, what, (uint64_t)before.rlim_max);
	raised = before;
	raised.rlim_cur = before.rlim_max;
	if (before.rlim_cur < size)
		setrlimit(RLIMIT_FSIZE, &raised);
	error = ftruncate(fd, (off_t)size) ? errno : 0;
	if (before.rlim_cur < size)
		setrlimit(RLIMIT_FSIZE, &before);
	return error ? fail(message, error,
			    "no memory file of %" PRIu64 " bytes for %s: %s", size, what,
			    strerror(error))
		     : 0;
}

int memory_file_create(const char *what, uint64_t size, struct message *message)
{
	int fd = memfd_create(what, MFD_ALLOW_SEALING | MFD_CLOEXEC);
	int error;

	if (fd < 0)
		return fail(message, errno, "no memory file for %s: %s", what,
			    strerror(errno));
	error = set_size(fd, what, size, message);
	if (!error)
		return fd;
	close(fd);
	return error;
}
