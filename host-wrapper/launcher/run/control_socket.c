/* The socket, and the pipe to the runner. See control.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "control_requests.h"
#include "socket_file.h"

static int make_socket(struct control *control, struct irq_line *line)
{
	int error;

	control->listener =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listener < 0)
		return -errno;
	error = socket_file_bind(control->listener, line->path, 0177, &line->file);
	if (error)
		return error;
	return listen(control->listener, 8) ? -errno : 0;
}

int control_try(const char *path, struct message *message)
{
	struct control control = { .listener = -1 };
	struct irq_line line = { .path = path };
	const int error = path ? make_socket(&control, &line) : 0;

	if (path && !error)
		socket_file_remove(path, &line.file);
	if (control.listener >= 0)
		close(control.listener);
	return error ? fail(message, -error, "--control %s: %s", path, strerror(-error))
		     : 0;
}

int control_open(struct control *control, const char *path, struct irq_lines *lines,
		 struct message *message)
{
	struct irq_line *line = &lines->lines[lines->count];
	int ends[2], error;

	control->listener = -1;
	control->client.fd = -1;
	if (!path)
		return 0;
	control->sent = calloc(CONTROL_MAX_SENT, sizeof(*control->sent));
	if (!control->sent)
		return fail(message, ENOMEM, "out of memory");
	if (pipe2(ends, O_CLOEXEC))
		return fail(message, errno, "--control: %s", strerror(errno));
	fcntl(ends[0], F_SETFD, 0); /* the runner inherits it */
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	control->pipe = ends[1];
	*line = (struct irq_line){ .kind = PLAN_LINE_CONTROL,
				   .descriptor = ends[0],
				   .path = path };
	error = make_socket(control, line);
	if (error)
		return fail(message, -error, "--control %s: %s", path, strerror(-error));
	lines->count++;
	return 0;
}
