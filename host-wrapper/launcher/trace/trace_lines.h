/* A trace as lines of text, as ltrace prints them. */
#ifndef JUMPSLOT_TRACE_LINES_H
#define JUMPSLOT_TRACE_LINES_H

#include "trace_words.h"

struct trace_lines {
	bool open;	/* the last line is a call that has not ended */
	uint64_t stack; /* of that call */
	uint64_t start; /* time of the first event */
};

void trace_lines_print(struct trace_lines *lines, struct trace_words *words,
		       const struct trace_event *event, FILE *out);

/* Ends the last line. */
void trace_lines_end(struct trace_lines *lines, FILE *out);

#endif
