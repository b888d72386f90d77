/* A socket to another process, and what it has answered. See guest_lines.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "guest_lines.h"

/* The longest time for an answer: the first takes as long as reading the debug
 * information. */
#define ANSWER_NS UINT64_C(5000000000)
#define ENTRIES	  65536u

/* The guest's file in the other process, which closes all descriptors after it. */
#define GUEST_FD      3
#define GUEST_FD_TEXT "3"

static pid_t spawn(const char *program, int guest, int fd)
{
	char *argv[] = { (char *)program, "lines", GUEST_FD_TEXT, NULL };
	char *environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	pid_t process;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
					 0);
	posix_spawn_file_actions_adddup2(&actions, guest, GUEST_FD);
	error = posix_spawn(&process, program, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return error ? 0 : process;
}

void guest_lines_start(struct guest_lines *lines, const char *program, int guest)
{
	int pair[2];

	*lines = (struct guest_lines){ .fd = -1 };
	lines->known = calloc(ENTRIES, sizeof(*lines->known));
	if (!lines->known || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return;
	lines->process = spawn(program, guest, pair[1]);
	lines->fd = pair[0];
	close(pair[1]);
}

static void stop(struct guest_lines *lines)
{
	if (lines->process > 0) {
		kill(lines->process, SIGKILL);
		waitpid(lines->process, NULL, 0);
	}
	lines->process = 0;
	if (lines->fd >= 0)
		close(lines->fd);
	lines->fd = -1;
}

void guest_lines_end(struct guest_lines *lines)
{
	stop(lines);
	for (size_t i = 0; lines->known && i < ENTRIES; i++)
		free(lines->known[i].file);
	free(lines->known);
	lines->known = NULL;
}

/* Whether there is something to read before `deadline`. */
static bool wait_for_answer(const struct guest_lines *lines, uint64_t deadline)
{
	struct pollfd ready = { .fd = lines->fd, .events = POLLIN };
	const uint64_t now = monotonic_ns();

	return now < deadline &&
	       poll(&ready, 1, (int)((deadline - now) / 1000000 + 1)) == 1;
}

/* Reads up to the end of a line. Returns 0, or -1 if there is none in time. */
static int read_answer(const struct guest_lines *lines, char *text, size_t size)
{
	uint64_t deadline = monotonic_ns() + ANSWER_NS;
	size_t used = 0;

	if (lines->deadline && lines->deadline < deadline)
		deadline = lines->deadline;
	while (used < size - 1) {
		ssize_t count;

		if (!wait_for_answer(lines, deadline))
			return -1;
		count = read(lines->fd, text + used, 1);
		if (count != 1)
			return -1;
		if (text[used++] == '\n') {
			text[used - 1] = 0;
			return 0;
		}
	}
	return -1;
}

static void ask(struct guest_lines *lines, struct guest_line *entry)
{
	char text[GUEST_LINES_MAX + 32], file[GUEST_LINES_MAX];
	int length = snprintf(text, sizeof(text), "%" PRIx64 "\n", entry->address - 1);

	if (send(lines->fd, text, (size_t)length, MSG_NOSIGNAL) != length ||
	    read_answer(lines, text, sizeof(text))) {
		stop(lines);
		return;
	}
	if (sscanf(text, "%u %255[^\n]", &entry->line, file) != 2 || !entry->line)
		entry->line = 0;
	else
		entry->file = strdup(file);
	if (!entry->file)
		entry->line = 0;
}

static struct guest_line *place_of(const struct guest_lines *lines, uint64_t address)
{
	return &lines->known[(size_t)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 48) %
			     ENTRIES];
}

const struct guest_line *guest_lines_find(struct guest_lines *lines, uint64_t address)
{
	struct guest_line *entry;

	if (!lines->known)
		return NULL;
	/* A place that is taken is reused: the table is a cache. */
	entry = place_of(lines, address);
	if (entry->address != address) {
		free(entry->file);
		*entry = (struct guest_line){ .address = address };
		if (lines->process)
			ask(lines, entry);
	}
	return entry->line ? entry : NULL;
}
