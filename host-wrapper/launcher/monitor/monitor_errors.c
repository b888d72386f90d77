/* Writes that never wait. See monitor_errors.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "launcher/run/write_now.h"
#include "monitor_errors.h"

void monitor_errors_open(struct monitor_errors *errors)
{
	*errors = (struct monitor_errors){ .to = write_now_open(STDERR_FILENO) };
}

void monitor_errors_close(const struct monitor_errors *errors)
{
	write_now_close(errors->to, STDERR_FILENO);
}

bool monitor_errors_read(struct monitor_errors *errors, int from)
{
	const ssize_t count = read(from, errors->bytes, sizeof(errors->bytes));

	errors->start = 0;
	errors->end = count > 0 ? (size_t)count : 0;
	return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void monitor_errors_write(struct monitor_errors *errors)
{
	struct pollfd ready = { .fd = errors->to, .events = POLLOUT };
	ssize_t count;

	if (!monitor_errors_wait(errors) || poll(&ready, 1, 0) <= 0)
		return;
	count = write_now(errors->to, STDERR_FILENO, errors->bytes + errors->start,
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
