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
	size_t size, sent;
	int error; /* of the first write that failed; then nothing more is written */
};

/* Takes over the text, allocated by malloc(); it goes after what waits. Without memory,
 * it is lost. */
void trace_output_take(struct trace_output *output, char *bytes, size_t size);

/* Writes what can be written. `wait`: writes everything. Returns whether nothing waits.
 */
bool trace_output_write(struct trace_output *output, bool wait);

#endif
