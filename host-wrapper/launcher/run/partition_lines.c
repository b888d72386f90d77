/* A buffer for each partition, and one queue. See partition_lines.h. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "partition_lines.h"
#include "write_now.h"

#define FULL ((size_t)64 << 10)

void partition_lines_open(struct partition_lines *lines, int fd, const char *const *names)
{
	*lines = (struct partition_lines){
		.fd = fd,
		.to = write_now_open(fd),
		.names = names,
	};
}

void partition_lines_close(struct partition_lines *lines)
{
	write_now_close(lines->to, lines->fd);
	free(lines->queue);
}

/* Makes room for `count` bytes more. Without memory, they are lost. */
static bool reserve(struct partition_lines *lines, size_t count)
{
	char *queue;
	size_t room;

	if (lines->room - lines->end >= count)
		return true;
	if (lines->start) {
		memmove(lines->queue, lines->queue + lines->start,
			lines->end - lines->start);
		lines->end -= lines->start;
		lines->start = 0;
	}
	if (lines->room - lines->end >= count)
		return true;
	room = 2 * (lines->end + count);
	queue = realloc(lines->queue, room);
	if (!queue)
		return false;
	lines->queue = queue;
	lines->room = room;
	return true;
}

static void append(struct partition_lines *lines, const char *bytes, size_t count)
{
	if (!count || !reserve(lines, count))
		return;
	memcpy(lines->queue + lines->end, bytes, count);
	lines->end += count;
}

/* The incomplete line of another partition ends here. */
static void break_open(struct partition_lines *lines)
{
	if (lines->open)
		append(lines, "\n", 1);
	lines->open = 0;
}

static void queue_buffer(struct partition_lines *lines, size_t partition)
{
	const char *bytes = lines->buffers[partition].bytes;
	const size_t count = lines->buffers[partition].count;

	if (!count)
		return;
	if (lines->open != 1 + partition) {
		break_open(lines);
		append(lines, "[", 1);
		append(lines, lines->names[partition], strlen(lines->names[partition]));
		append(lines, "] ", 2);
	}
	append(lines, bytes, count);
	lines->open = bytes[count - 1] == '\n' ? 0 : 1 + partition;
	lines->buffers[partition].count = 0;
}

static void put_byte(struct partition_lines *lines, size_t partition, char byte)
{
	char *bytes = lines->buffers[partition].bytes;
	size_t *count = &lines->buffers[partition].count;

	bytes[(*count)++] = byte;
	if (*count == PARTITION_LINES_MAX - 1 && byte != '\n')
		bytes[(*count)++] = '\n';
	if (bytes[*count - 1] == '\n')
		queue_buffer(lines, partition);
}

void partition_lines_put(struct partition_lines *lines, size_t partition,
			 const char *bytes, size_t count)
{
	if (!lines->names) {
		append(lines, bytes, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		put_byte(lines, partition, bytes[i]);
}

bool partition_lines_has_rest(const struct partition_lines *lines, size_t partition)
{
	return lines->buffers[partition].count;
}

void partition_lines_show(struct partition_lines *lines, size_t partition)
{
	queue_buffer(lines, partition);
}

void partition_lines_end(struct partition_lines *lines, size_t partition)
{
	if (lines->buffers[partition].count || lines->open == 1 + partition)
		put_byte(lines, partition, '\n');
}

void partition_lines_add(struct partition_lines *lines, const char *text, size_t size)
{
	if (!size)
		return;
	break_open(lines);
	append(lines, text, size);
}

bool partition_lines_wait(const struct partition_lines *lines)
{
	return lines->start < lines->end;
}

bool partition_lines_are_full(const struct partition_lines *lines)
{
	return lines->end - lines->start >= FULL;
}

void partition_lines_write(struct partition_lines *lines)
{
	struct pollfd ready = { .fd = lines->to, .events = POLLOUT };
	ssize_t count;

	if (!partition_lines_wait(lines) || poll(&ready, 1, 0) <= 0)
		return;
	count = write_now(lines->to, lines->fd, lines->queue + lines->start,
			  lines->end - lines->start);
	if (count > 0)
		lines->start += (size_t)count;
	else if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	else {
		lines->is_closed = count < 0 && errno == EPIPE;
		partition_lines_drop(lines);
	}
}

void partition_lines_drop(struct partition_lines *lines)
{
	lines->start = lines->end = 0;
}
