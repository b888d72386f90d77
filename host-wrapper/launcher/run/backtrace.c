/* A program with a pipe and a time limit. See backtrace.h. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backtrace.h"

#define MAX_SECONDS 5
#define MAX_OUTPUT  16384

/* In the new process: standard output is the pipe, and the two descriptors stay open. */
static bool spawn(pid_t *process, const char *program, int output, const int *inherited)
{
	char text[2][16];
	char *argv[] = { (char *)program, text[0], text[1], NULL };
	char *environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	bool started;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
					 0);
	for (int i = 0; i < 2; i++) {
		snprintf(text[i], sizeof(text[i]), "%d", inherited[i]);
		posix_spawn_file_actions_adddup2(&actions, inherited[i], inherited[i]);
	}
	started = !posix_spawn(process, program, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return started;
}

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* Reads until the end, the limit of size or the limit of time; ends the text with NUL. */
static void read_output(int fd, char *text)
{
	const time_t limit = now() + MAX_SECONDS;
	struct pollfd input = { .fd = fd, .events = POLLIN };
	size_t size = 0;
	ssize_t count = 1;

	while (count > 0 && size < MAX_OUTPUT - 1 && now() <= limit) {
		if (poll(&input, 1, 1000) != 1)
			continue;
		count = read(fd, text + size, MAX_OUTPUT - 1 - size);
		if (count > 0)
			size += (size_t)count;
	}
	text[size] = 0;
}

/* The last line may be cut. */
static void parse(struct backtrace *backtrace, char *text)
{
	char *next;

	for (; (next = strchr(text, '\n')); text = next) {
		struct backtrace_frame *frame = &backtrace->frames[backtrace->count];

		*next++ = 0;
		if (backtrace->count == BACKTRACE_MAX ||
		    sscanf(text, "%" SCNx64 " %u %255[^\n]", &frame->pc, &frame->line,
			   frame->file) != 3)
			return;
		backtrace->count++;
	}
}

void backtrace_read(struct backtrace *backtrace, const char *program, int guest,
		    int outcome)
{
	const int inherited[] = { guest, outcome };
	char text[MAX_OUTPUT];
	pid_t process;
	int pair[2];
	bool started;

	backtrace->count = 0;
	if (pipe2(pair, O_CLOEXEC))
		return;
	started = spawn(&process, program, pair[1], inherited);
	close(pair[1]);
	if (started) {
		read_output(pair[0], text);
		kill(process, SIGKILL);
		waitpid(process, NULL, 0);
		parse(backtrace, text);
	}
	close(pair[0]);
}
