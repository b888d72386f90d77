/* One memory file under a limit on file size. See memory_file.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory_file.h"

/* Sets the soft limit on file size, up to the hard one. */
static void set_soft_limit(const struct rlimit *before, rlim_t soft)
{
	const struct rlimit limit = { soft, before->rlim_max };

	setrlimit(RLIMIT_FSIZE, &limit);
}

static int set_size(int fd, const char *what, uint64_t size, struct message *message)
{
	struct rlimit before;
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
	if (before.rlim_cur < size)
		set_soft_limit(&before, before.rlim_max);
	error = ftruncate(fd, (off_t)size) ? errno : 0;
	if (before.rlim_cur < size)
		set_soft_limit(&before, before.rlim_cur);
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

static int write_all(int fd, uint64_t offset, const char *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t count =
			pwrite(fd, bytes + done, size - done, (off_t)(offset + done));

		if (count < 0 && errno != EINTR)
			return -errno;
		done += count > 0 ? (size_t)count : 0;
	}
	return 0;
}

int memory_file_write(int fd, uint64_t offset, const void *bytes, size_t size)
{
	const uint64_t end = offset + size;
	struct rlimit before;
	int error;

	if (getrlimit(RLIMIT_FSIZE, &before))
		return -errno;
	if (before.rlim_cur < end)
		set_soft_limit(&before, before.rlim_max);
	error = write_all(fd, offset, bytes, size);
	if (before.rlim_cur < end)
		set_soft_limit(&before, before.rlim_cur);
	return error;
}
