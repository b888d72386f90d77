/*
 * The pipes of a partition's process: what comes from it, and where it goes. Knows
 * neither processes nor signals.
 */
#ifndef JUMPSLOT_PARTITION_PIPES_H
#define JUMPSLOT_PARTITION_PIPES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/message.h"
#include "partition_lines.h"

/* Pipes from a process. All but the report lead to an output. */
enum partition_pipe {
	PIPE_CONSOLE,
	PIPE_ERRORS,
	PIPE_TRACE,  /* text of a trace */
	PIPE_EVENTS, /* lines of a trace file */
	PIPE_REPORT,
	PARTITION_PIPES
};

/* Outputs of all partitions together. */
enum partition_output { OUTPUT_CONSOLE, OUTPUT_ERRORS, OUTPUT_FILE, PARTITION_OUTPUTS };

struct partition_report {
	char *text; /* without a NUL; NULL: none. The caller frees it */
	size_t size;
	bool is_cut; /* a signal ended the child: `text` may lack its end, or be NULL */
};

struct partition_pipes {
	int from[PARTITION_PIPES]; /* -1: at its end */
	struct partition_source sources[PARTITION_PIPES];
	struct partition_report report; /* so far */
};

/* Makes the pipes of a partition, and their other ends in `ends`: -1 each before. Returns
 * 0 or a negative errno. `name`: begins its lines; NULL: its bytes pass as they are. */
int partition_pipes_open(struct partition_pipes *pipes, const char *name, int *ends,
			 struct message *message);

/* Whether there is to be read from that `enum partition_pipe`: its output has room. */
bool partition_pipes_wait(const struct partition_pipes *pipes, int pipe,
			  const struct partition_lines *outputs);

/* Reads once, so that a partition that writes without end delays nothing. Returns whether
 * there may be more. */
bool partition_pipes_read(struct partition_pipes *pipes, int pipe,
			  struct partition_lines *outputs);

/* After the end of the process: reads the rest, and returns whether it has come to its
 * end. Without `waits`, what an output has no room for is dropped. */
bool partition_pipes_end(struct partition_pipes *pipes, struct partition_lines *outputs,
			 bool waits);

#endif
