/* poll() and small writes. See trace_output.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace_output.h"

static void drop(struct trace_output *output)
{
	free(output->bytes);
	output->bytes = NULL;
	output->size = output->sent = output->room = 0;
}

/* Makes room for `size` bytes more. */
static bool reserve(struct trace_output *output, size_t size)
{
	char *bytes;
	size_t room;

	if (output->sent) {
		output->size -= output->sent;
		memmove(output->bytes, output->bytes + output->sent, output->size);
		output->sent = 0;
	}
	if (size <= output->room - output->size)
		return true;
	if (size > SIZE_MAX / 2 - output->size)
		return false;
	room = 2 * (output->size + size);
	bytes = realloc(output->bytes, room);
	if (!bytes)
		return false;
	output->bytes = bytes;
	output->room = room;
	return true;
}

static void append(struct trace_output *output, const char *bytes, size_t size)
{
	if (!reserve(output, size)) {
		output->error = ENOMEM;
		return;
	}
	memcpy(output->bytes + output->size, bytes, size);
	output->size += size;
}

void trace_output_take(struct trace_output *output, char *bytes, size_t size)
{
	if (!output->bytes && !output->error) {
		output->bytes = bytes;
		output->size = output->room = size;
		output->sent = 0;
		return;
	}
	if (size && !output->error)
		append(output, bytes, size);
	free(bytes);
}

/* Returns whether to go on: bytes were written, or may be soon. A pipe that poll() calls
 * writable takes PIPE_BUF bytes at once. */
static bool write_some(struct trace_output *output, int wait_ms)
{
	const size_t left = output->size - output->sent;
	struct pollfd ready = { .fd = output->fd, .events = POLLOUT };
	const int found = poll(&ready, 1, wait_ms);
	ssize_t count;

	if (!found && wait_ms)
		output->error = ETIMEDOUT;
	if (found != 1)
		return found < 0 && wait_ms && errno == EINTR;
	count = write(output->fd, output->bytes + output->sent,
		      left < PIPE_BUF ? left : PIPE_BUF);
	if (count < 0 && errno != EINTR && errno != EAGAIN)
		output->error = errno;
	else if (count > 0)
		output->sent += (size_t)count;
	return count > 0 || (wait_ms && !output->error);
}

bool trace_output_write(struct trace_output *output, int wait_ms)
{
	while (output->bytes && !output->error && output->sent < output->size)
		if (!write_some(output, wait_ms) && !output->error)
			return false;
	drop(output);
	return true;
}
