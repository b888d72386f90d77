/*
 * A file or a terminal that a trace is written to. Writing never makes the supervisor
 * wait while the guest runs: text stays here until the other side takes it.
 */
#ifndef JUMPSLOT_TRACE_OUTPUT_H
#define JUMPSLOT_TRACE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct trace_output {
	int fd;
	char *bytes; /* allocated; NULL: nothing waits */
	size_t size, sent, room;
	/* The first: of a write that failed, or ENOMEM. Then nothing more is written. */
	int error;
};

/* Takes over the text, allocated by malloc(); it goes after what waits. */
void trace_output_take(struct trace_output *output, char *bytes, size_t size);

/* Times that trace_output_write() waits for the other side. */
#define TRACE_OUTPUT_NOW	0
#define TRACE_OUTPUT_FOREVER	(-1)
#define TRACE_OUTPUT_PATIENT_MS 5000

/* Writes what can be written. While the other side takes nothing, it waits `wait_ms`;
 * after that, the error is ETIMEDOUT, except with TRACE_OUTPUT_NOW. Returns whether
 * nothing is left. */
bool trace_output_write(struct trace_output *output, int wait_ms);

#endif
