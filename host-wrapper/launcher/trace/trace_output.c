/* poll() and small writes. See trace_output.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace_output.h"

void trace_output_take(struct trace_output *output, char *bytes, size_t size)
{
	char *all;

	if (!output->bytes) {
		output->bytes = bytes;
		output->size = size;
		output->sent = 0;
		return;
	}
	all = size ? realloc(output->bytes, output->size + size) : NULL;
	if (all) {
		memcpy(all + output->size, bytes, size);
		output->bytes = all;
		output->size += size;
	}
	free(bytes);
}

/* A pipe that poll() calls writable takes PIPE_BUF bytes at once. */
static bool write_some(struct trace_output *output, bool wait)
{
	const size_t left = output->size - output->sent;
	struct pollfd ready = { .fd = output->fd, .events = POLLOUT };
	ssize_t count;

	if (poll(&ready, 1, wait ? -1 : 0) != 1)
		return wait && errno == EINTR;
	count = write(output->fd, output->bytes + output->sent,
		      left < PIPE_BUF ? left : PIPE_BUF);
	if (count < 0 && errno != EINTR && errno != EAGAIN)
		output->error = errno;
	else if (count > 0)
		output->sent += (size_t)count;
	return count > 0 || (wait && !output->error);
}

bool trace_output_write(struct trace_output *output, bool wait)
{
	while (output->bytes && !output->error && output->sent < output->size)
		if (!write_some(output, wait) && !output->error)
			return false;
	free(output->bytes);
	output->bytes = NULL;
	return true;
}
