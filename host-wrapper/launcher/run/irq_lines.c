/* The kinds of descriptors, and the life of a socket's file. See irq_lines.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/close_range.h"
#include "irq_lines.h"
#include "socket_file.h"

/* An eventfd has no file type of its own: only its name tells. */
static bool is_eventfd(int fd)
{
	static const char name[] = "anon_inode:[eventfd]";
	char link[32], path[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return readlink(link, path, sizeof(path)) == sizeof(name) - 1 &&
	       !memcmp(path, name, sizeof(name) - 1);
}

/* Finds how input from a socket counts. Returns false if the socket gives none. */
static bool find_sockets_kind(int fd, uint32_t *kind)
{
	int type, listens;
	socklen_t size = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) || listens)
		return false;
	*kind = type == SOCK_STREAM ? PLAN_LINE_BYTE : PLAN_LINE_MESSAGE;
	return true;
}

static bool find_kind(int fd, uint32_t *kind)
{
	struct stat status;

	if (fstat(fd, &status))
		return false;
	if (S_ISSOCK(status.st_mode))
		return find_sockets_kind(fd, kind);
	*kind = S_ISFIFO(status.st_mode) ? PLAN_LINE_BYTE : PLAN_LINE_COUNT;
	return S_ISFIFO(status.st_mode) || is_eventfd(fd);
}

static int inherit(struct irq_line *line, struct message *message)
{
	int flags = fcntl(line->descriptor, F_GETFL);

	if (flags < 0)
		return fail(message, errno, "line %u: descriptor %d: %s", line->vector,
			    line->descriptor, strerror(errno));
	if (!find_kind(line->descriptor, &line->kind))
		return fail(
			message, EINVAL,
			"line %u: descriptor %d is not a pipe, eventfd or open socket",
			line->vector, line->descriptor);
	if ((flags & O_ACCMODE) == O_WRONLY)
		return fail(message, EINVAL, "line %u: descriptor %d is for writing only",
			    line->vector, line->descriptor);
	return 0;
}

/* The lowest descriptor of a line from `first` on; UINT_MAX: there is none. */
static unsigned next_descriptor(const struct irq_lines *lines, unsigned first)
{
	unsigned lowest = UINT_MAX;

	for (size_t i = 0; i < lines->count; i++) {
		unsigned descriptor = (unsigned)lines->lines[i].descriptor;

		if (descriptor >= first && descriptor < lowest)
			lowest = descriptor;
	}
	return lowest;
}

int irq_lines_close_others(const struct irq_lines *lines, struct message *message)
{
	unsigned first = STDERR_FILENO + 1, next;

	do {
		next = next_descriptor(lines, first);
		if (next > first && close_descriptors(first, next - 1))
			return fail(message, errno,
				    "the sandbox cannot close descriptors: %s "
				    "(--sandbox=off runs without)",
				    strerror(errno));
		first = next + 1;
	} while (next != UINT_MAX);
	return 0;
}

int irq_lines_inherit(struct irq_lines *lines, const struct options *options,
		      struct message *message)
{
	lines->count = options->line_count;
	for (size_t i = 0; i < lines->count; i++) {
		const struct line_option *option = &options->lines[i];
		struct irq_line *line = &lines->lines[i];
		int error;

		*line = (struct irq_line){
			.vector = option->vector,
			.kind = PLAN_LINE_MESSAGE,
			.descriptor = option->path ? -1 : option->descriptor,
			.path = option->path,
		};
		error = line->path ? 0 : inherit(line, message);
		if (error)
			return error;
	}
	return 0;
}

/* The descriptor stays open on exec: the runner inherits it. */
static int make_socket(struct irq_line *line)
{
	line->descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (line->descriptor < 0)
		return -errno;
	return socket_file_bind(line->descriptor, line->path, 0, &line->file);
}

int irq_lines_open(struct irq_lines *lines, struct message *message)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct irq_line *line = &lines->lines[i];
		int error = line->path ? make_socket(line) : 0;

		if (error) {
			irq_lines_remove(lines);
			return fail(message, -error, "line %u: %s: %s", line->vector,
				    line->path, strerror(-error));
		}
	}
	return 0;
}

bool irq_lines_have_files(const struct irq_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		if (lines->lines[i].path)
			return true;
	return false;
}

void irq_lines_remove(struct irq_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct irq_line *line = &lines->lines[i];

		if (line->path && line->file.inode)
			socket_file_remove(line->path, &line->file);
		line->file.inode = 0;
	}
}
