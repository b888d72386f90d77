/* Writes that never wait. See monitor_errors.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor_errors.h"

#define FEW 256

/* O_NONBLOCK on standard error itself would be seen by others that have it. A regular
 * file never blocks, and has an offset that another description would not share. */
void monitor_errors_open(struct monitor_errors *errors)
{
	struct stat status;
	int fd = -1;

	if (!fstat(STDERR_FILENO, &status) &&
	    (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)))
		fd = open("/proc/self/fd/2",
			  O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	*errors = (struct monitor_errors){ .to = fd < 0 ? STDERR_FILENO : fd };
}

void monitor_errors_close(const struct monitor_errors *errors)
{
	if (errors->to != STDERR_FILENO)
		close(errors->to);
}

bool monitor_errors_read(struct monitor_errors *errors, int from)
{
	const ssize_t count = read(from, errors->bytes, sizeof(errors->bytes));

	errors->start = 0;
	errors->end = count > 0 ? (size_t)count : 0;
	return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

/* A descriptor that could not be opened again has room for a few bytes if it is ready. */
static ssize_t write_now(int to, const char *bytes, size_t size)
{
	ssize_t count = send(to, bytes, size, MSG_DONTWAIT);

	if (count < 0 && errno == ENOTSOCK)
		count = write(to, bytes, to == STDERR_FILENO && size > FEW ? FEW : size);
	return count;
}

void monitor_errors_write(struct monitor_errors *errors)
{
	struct pollfd ready = { .fd = errors->to, .events = POLLOUT };
	ssize_t count;

	if (!monitor_errors_wait(errors) || poll(&ready, 1, 0) <= 0)
		return;
	count = write_now(errors->to, errors->bytes + errors->start,
			  errors->end - errors->start);
	if (count > 0)
		errors->start += (size_t)count;
	else if (count == 0 || (errno != EAGAIN && errno != EINTR))
		monitor_errors_drop(errors);
}

void monitor_errors_drop(struct monitor_errors *errors)
{
	errors->start = errors->end = 0;
}
