/*
 * A trace in the Trace Event Format, which Perfetto and chrome://tracing open: an object
 * with an array of events.
 */
#ifndef JUMPSLOT_TRACE_JSON_H
#define JUMPSLOT_TRACE_JSON_H

#include "trace_words.h"

/* Calls in progress and tracks, at most; a hostile guest could have any number. */
#define TRACE_JSON_CALLS  1024
#define TRACE_JSON_TRACKS 64
#define TRACE_JSON_NAME	  64

/* A call, an interrupt's handler or a wait that has not ended. */
struct trace_open {
	enum trace_kind kind; /* 0: the place is free */
	uint32_t number;
	uint64_t stack;
	uint64_t start;
	unsigned track;
	char *name; /* allocated: with the arguments */
	char *caller;
};

struct trace_track {
	char name[TRACE_JSON_NAME];
	uint64_t low, high; /* of its stack */
};

struct trace_json {
	uint64_t start; /* time of the first event */
	uint64_t last;
	uint64_t stack_low, stack_high; /* of the guest's initial stack */
	struct trace_open open[TRACE_JSON_CALLS];
	struct trace_track tracks[TRACE_JSON_TRACKS];
	size_t track_count;
	unsigned
		thread; /* 1 + track of the thread that runs; 0: the guest does not say */
	unsigned guest; /* its number among those of the file */
	bool has_begun;
};

/* The beginning of a file with the traces of these guests, and its end. */
void trace_json_head(const char *const *guests, size_t count, FILE *out);
extern const char trace_json_tail[];

/* A guest's events, in whole lines. */
void trace_json_begin(struct trace_json *json, FILE *out);
void trace_json_print(struct trace_json *json, struct trace_words *words,
		      const struct trace_event *event, FILE *out);

/* The guest's end, with the words of its fault (NULL: none). */
void trace_json_end(struct trace_json *json, const char *fault, FILE *out);

#endif
