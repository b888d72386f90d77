/*
 * The supervisor's side of the file that the runner writes records and counters to
 * (common/trace.h). The guest can write there, too: every number is read once and
 * checked, and a record that cannot be one ends the trace.
 */
#ifndef JUMPSLOT_TRACE_READER_H
#define JUMPSLOT_TRACE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/message.h"
#include "common/trace.h"
#include "launcher/link/watched_calls.h"

struct trace_reader {
	int fd;
	struct trace_shared *shared;
	uint64_t *ring;
	const struct watched_calls *watch;
	uint32_t tail;
	bool damaged;
};

/* Text that an argument leads to. */
struct trace_text {
	char bytes[TRACE_MAX_TEXT];
	size_t length;
	bool is_text;
	bool is_cut;
};

/* A record, copied and checked. */
struct trace_event {
	enum trace_kind kind;
	uint32_t number; /* an import that is watched, or a vector */
	uint64_t time;
	uint64_t place;
	uint64_t stack;
	uint64_t duration; /* of a call, at its end; ns */
	uint64_t result[2];
	/* In the order of the import's struct arguments. */
	uint64_t arguments[TRACE_MAX_ARGUMENTS][2];
	struct trace_text texts[TRACE_MAX_ARGUMENTS];
};

/* Makes the file. Returns 0 or a negative errno. */
int trace_reader_open(struct trace_reader *reader, const struct watched_calls *watch,
		      struct message *message);
void trace_reader_close(struct trace_reader *reader);

/* Reads the next record. Returns false if there is none now, or the trace is damaged. */
bool trace_reader_next(struct trace_reader *reader, struct trace_event *event);

#endif
