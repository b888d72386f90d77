/* Reads that never block, and a buffer for the report. See partition_pipes.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "partition_pipes.h"

#define BUFFER 4096

static const struct {
	size_t max; /* bytes of a line */
	enum partition_output output;
	bool is_named;
} kinds[] = {
	[PIPE_CONSOLE] = { 200, OUTPUT_CONSOLE, true }, /* as in the monitor */
	[PIPE_ERRORS] = { 200, OUTPUT_ERRORS, true },
	[PIPE_TRACE] = { 4096, OUTPUT_ERRORS, true },
	[PIPE_EVENTS] = { SIZE_MAX, OUTPUT_FILE, false },
};

int partition_pipes_open(struct partition_pipes *pipes, const char *name, int *ends,
			 struct message *message)
{
	for (int i = 0; i < PARTITION_PIPES; i++) {
		int pair[2];

		if (pipe2(pair, O_CLOEXEC))
			return fail(message, errno, "no pipe: %s", strerror(errno));
		fcntl(pair[0], F_SETFL, O_NONBLOCK);
		pipes->from[i] = pair[0];
		ends[i] = pair[1];
	}
	for (int i = 0; i < PIPE_REPORT; i++)
		pipes->sources[i] = (struct partition_source){
			.name = kinds[i].is_named ? name : NULL,
			.max = name || !kinds[i].is_named ? kinds[i].max : 0,
		};
	return 0;
}

static bool is_full(int pipe, const struct partition_lines *outputs)
{
	return pipe != PIPE_REPORT &&
	       partition_lines_are_full(&outputs[kinds[pipe].output]);
}

bool partition_pipes_wait(const struct partition_pipes *pipes, int pipe,
			  const struct partition_lines *outputs)
{
	return pipes->from[pipe] >= 0 && !is_full(pipe, outputs);
}

static void close_pipe(struct partition_pipes *pipes, int pipe)
{
	close(pipes->from[pipe]);
	pipes->from[pipe] = -1;
}

/* Without memory, the rest of a report is lost. */
static void add_to_report(struct partition_report *report, const char *bytes,
			  size_t count)
{
	char *text = realloc(report->text, report->size + count);

	if (!text)
		return;
	memcpy(text + report->size, bytes, count);
	report->text = text;
	report->size += count;
}

bool partition_pipes_read(struct partition_pipes *pipes, int pipe,
			  struct partition_lines *outputs)
{
	char buffer[BUFFER];
	ssize_t count;

	if (!partition_pipes_wait(pipes, pipe, outputs))
		return false;
	count = read(pipes->from[pipe], buffer, sizeof(buffer));
	if (count > 0 && pipe == PIPE_REPORT)
		add_to_report(&pipes->report, buffer, (size_t)count);
	else if (count > 0)
		partition_lines_put(&outputs[kinds[pipe].output], &pipes->sources[pipe],
				    buffer, (size_t)count);
	else if (count == 0 || (errno != EAGAIN && errno != EINTR))
		close_pipe(pipes, pipe);
	return count > 0;
}

/* The file of a trace must not have a part of an event, which a supervisor leaves that
 * was killed. */
static void end_source(struct partition_pipes *pipes, int pipe,
		       struct partition_lines *outputs)
{
	if (kinds[pipe].output == OUTPUT_FILE)
		partition_source_free(&pipes->sources[pipe]);
	else
		partition_lines_end(&outputs[kinds[pipe].output], &pipes->sources[pipe]);
}

/* A process that the partition left, if its supervisor was killed, may hold its pipes
 * open. */
bool partition_pipes_end(struct partition_pipes *pipes, struct partition_lines *outputs,
			 bool waits)
{
	for (int i = 0; i < PARTITION_PIPES; i++) {
		while (partition_pipes_read(pipes, i, outputs))
			continue;
		if (is_full(i, outputs) && waits)
			return false;
	}
	for (int i = 0; i < PARTITION_PIPES; i++) {
		if (pipes->from[i] >= 0)
			close_pipe(pipes, i);
		if (i != PIPE_REPORT)
			end_source(pipes, i, outputs);
	}
	return true;
}
