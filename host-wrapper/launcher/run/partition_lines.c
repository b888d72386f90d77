/* An incomplete line of each source, and one queue. See partition_lines.h. */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "partition_lines.h"
#include "write_now.h"

#define FULL ((size_t)64 << 10)

void partition_lines_open(struct partition_lines *lines, int fd)
{
	*lines = (struct partition_lines){
		.fd = fd,
		.to = write_now_open(fd),
	};
}

void partition_lines_close(struct partition_lines *lines)
{
	write_now_close(lines->to, lines->fd);
	free(lines->queue);
}

static bool lacks_memory(struct partition_lines *lines)
{
	if (!lines->error)
		lines->error = ENOMEM;
	return false;
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
	if (count > SIZE_MAX / 2 - lines->end)
		return lacks_memory(lines);
	room = 2 * (lines->end + count);
	queue = realloc(lines->queue, room);
	if (!queue)
		return lacks_memory(lines);
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

/* The incomplete line of another source ends here. */
static void break_open(struct partition_lines *lines)
{
	if (lines->open)
		append(lines, "\n", 1);
	lines->open = NULL;
}

static void begin_line(struct partition_lines *lines,
		       const struct partition_source *source)
{
	break_open(lines);
	if (!source->name)
		return;
	append(lines, "[", 1);
	append(lines, source->name, strlen(source->name));
	append(lines, "] ", 2);
}

void partition_lines_show(struct partition_lines *lines, struct partition_source *source)
{
	if (!source->count)
		return;
	if (lines->open != source)
		begin_line(lines, source);
	append(lines, source->bytes, source->count);
	lines->open = source->bytes[source->count - 1] == '\n' ? NULL : source;
	source->count = 0;
}

/* Makes room for a byte and a newline. */
static bool has_room(struct partition_lines *lines, struct partition_source *source)
{
	const size_t room = 2 * source->room + 256;
	char *bytes;

	if (source->room - source->count >= 2)
		return true;
	if (source->room > SIZE_MAX / 4)
		return lacks_memory(lines);
	bytes = realloc(source->bytes, room);
	if (!bytes)
		return lacks_memory(lines);
	source->bytes = bytes;
	source->room = room;
	return true;
}

/* Without memory, it is lost. */
static void put_byte(struct partition_lines *lines, struct partition_source *source,
		     char byte)
{
	if (!has_room(lines, source))
		return;
	source->bytes[source->count++] = byte;
	if (source->count == source->max - 1 && byte != '\n')
		source->bytes[source->count++] = '\n';
	if (source->bytes[source->count - 1] == '\n')
		partition_lines_show(lines, source);
}

void partition_lines_put(struct partition_lines *lines, struct partition_source *source,
			 const char *bytes, size_t count)
{
	if (!source->max) {
		append(lines, bytes, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		put_byte(lines, source, bytes[i]);
}

void partition_lines_end(struct partition_lines *lines, struct partition_source *source)
{
	if (source->count || lines->open == source)
		put_byte(lines, source, '\n');
	partition_source_free(source);
}

void partition_source_free(struct partition_source *source)
{
	free(source->bytes);
	source->bytes = NULL;
	source->count = source->room = 0;
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

static void drop(struct partition_lines *lines)
{
	lines->start = lines->end = 0;
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
		if (count < 0 && !lines->error)
			lines->error = errno;
		drop(lines);
	}
}

void partition_lines_give_up(struct partition_lines *lines)
{
	if (!lines->error)
		lines->error = ETIMEDOUT;
	drop(lines);
}
