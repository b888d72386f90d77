/* A child with two pipes, which are read until both end. See model_compile.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model_compile.h"

#define PREFIX "monitor-model: "

enum { OUTPUT, ERRORS, PIPES };

/* The child's two streams. */
struct streams {
	struct model_bytes *output;
	char errors[sizeof(((struct message *)0)->text)];
	size_t errors_size;
	int fds[PIPES]; /* -1: at its end */
};

static void run_compiler(const char *compiler, const char *path, const int *ends)
{
	if (dup2(ends[OUTPUT], STDOUT_FILENO) >= 0 &&
	    dup2(ends[ERRORS], STDERR_FILENO) >= 0)
		execl(compiler, compiler, "--", path, (char *)NULL);
	dprintf(STDERR_FILENO,
		PREFIX "%s: %s (expected the program beside host-wrapper, or a compiled "
		       "model)\n",
		compiler, strerror(errno));
	_exit(1);
}

/* Takes what there is room for, and drops the rest. */
static void read_stream(struct streams *streams, int stream)
{
	const bool is_output = stream == OUTPUT;
	char *to = is_output ? streams->output->at : streams->errors;
	const size_t most =
		is_output ? sizeof(streams->output->at) : sizeof(streams->errors) - 1;
	size_t *size = is_output ? &streams->output->size : &streams->errors_size;
	char rest[256];
	const ssize_t count =
		*size < most ? read(streams->fds[stream], to + *size, most - *size)
			     : read(streams->fds[stream], rest, sizeof(rest));

	if (count > 0 && *size < most)
		*size += (size_t)count;
	if (count > 0 || (count < 0 && errno == EINTR))
		return;
	close(streams->fds[stream]);
	streams->fds[stream] = -1;
}

static void read_streams(struct streams *streams)
{
	while (streams->fds[OUTPUT] >= 0 || streams->fds[ERRORS] >= 0) {
		struct pollfd ready[PIPES];

		for (int i = 0; i < PIPES; i++)
			ready[i] = (struct pollfd){ streams->fds[i], POLLIN, 0 };
		if (poll(ready, PIPES, -1) <= 0)
			continue;
		for (int i = 0; i < PIPES; i++)
			if (ready[i].revents)
				read_stream(streams, i);
	}
}

/* The compiler's first line, without its own name. */
static int refuse(struct streams *streams, struct message *message)
{
	char *text = streams->errors;

	text[streams->errors_size] = 0;
	if (!strncmp(text, PREFIX, strlen(PREFIX)))
		text += strlen(PREFIX);
	text[strcspn(text, "\n")] = 0;
	return fail(message, EINVAL, "%s", *text ? text : "monitor-model failed");
}

static int start(struct streams *streams, const char *path, const char *compiler,
		 pid_t *child, struct message *message)
{
	int pipes[PIPES][2];
	int ends[PIPES];

	if (pipe2(pipes[OUTPUT], O_CLOEXEC))
		return fail(message, errno, "no pipe: %s", strerror(errno));
	if (pipe2(pipes[ERRORS], O_CLOEXEC)) {
		close(pipes[OUTPUT][0]);
		close(pipes[OUTPUT][1]);
		return fail(message, errno, "no pipe: %s", strerror(errno));
	}
	for (int i = 0; i < PIPES; i++) {
		streams->fds[i] = pipes[i][0];
		ends[i] = pipes[i][1];
	}
	*child = fork();
	if (*child == 0)
		run_compiler(compiler, path, ends);
	for (int i = 0; i < PIPES; i++)
		close(ends[i]);
	if (*child > 0)
		return 0;
	for (int i = 0; i < PIPES; i++)
		close(streams->fds[i]);
	return fail(message, errno, "no process: %s", strerror(errno));
}

int model_compile(struct model_bytes *bytes, const char *path, const char *compiler,
		  struct message *message)
{
	struct streams streams = { .output = bytes };
	pid_t child = -1;
	int status = 0;
	int error = start(&streams, path, compiler, &child, message);

	if (error)
		return error;
	read_streams(&streams);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : refuse(&streams, message);
}
