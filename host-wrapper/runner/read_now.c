/* preadv2(), or poll() and read() where a file does not support it. See read_now.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "read_now.h"

ssize_t read_now(int fd, void *buffer, size_t size)
{
	const struct iovec to = { .iov_base = buffer, .iov_len = size };
	struct pollfd input = { .fd = fd, .events = POLLIN };
	ssize_t count = preadv2(fd, &to, 1, -1, RWF_NOWAIT);

	if (count >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS))
		return count;
	if (poll(&input, 1, 0) > 0)
		return read(fd, buffer, size);
	errno = EAGAIN;
	return -1;
}
