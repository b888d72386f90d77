/*
 * The trace of a guest: reads what the runner records and writes it as text or as a file
 * of events, and keeps the counters. All of it is the runner's word.
 */
#ifndef JUMPSLOT_LAUNCHER_TRACE_H
#define JUMPSLOT_LAUNCHER_TRACE_H

#include <stdbool.h>

#include "common/message.h"
#include "common/trace.h"
#include "launcher/link/linked_guest.h"
#include "launcher/link/watched_calls.h"

struct trace;

/* A message with the file and the reason. */
#define TRACE_INCOMPLETE "%s: %s: the trace is incomplete"

struct trace_setup {
	const struct linked_guest *guest;
	const struct watched_calls *watch;
	const char *file; /* to write events to; NULL: none */
	int events;	 /* descriptor for events that go into the file of several guests;
			    0: none */
	unsigned number; /* of the guest, in that file */
	uint64_t start;	 /* times count from there (CLOCK_MONOTONIC, ns); 0: from the call
			    of the guest's entry */
	bool text;  /* print what is traced; what the policy logs is always printed */
	bool calls; /* print calls that are traced later */
	const char *lines; /* the program that finds source lines */
	int terminal;	   /* descriptor to print to */
};

/* Makes the trace and its file. `setup` must remain. Returns 0 or a negative errno. */
int trace_open(struct trace **trace, const struct trace_setup *setup,
	       struct message *message);

/* The descriptor for the runner; -1 for NULL. */
int trace_descriptor(const struct trace *trace);

/* The number of the process that finds source lines, 0 while there is none; or NULL. */
const pid_t *trace_finder(const struct trace *trace);

/* Whether records may come, so that trace_read() must be called every few ms. */
bool trace_has_records(const struct trace *trace);

/* The runner has ended, with all that could write its records; another may start. */
void trace_runner_ended(struct trace *trace);

/* Reads what is there, and writes it as far as that needs no waiting. Source lines that
 * are not found by `deadline` (CLOCK_MONOTONIC, ns; 0: none) are left out. NULL: nothing.
 */
void trace_read(struct trace *trace, uint64_t deadline);

/* The guest has ended, `fault` says how (NULL: by itself): reads the rest, and writes it
 * to the file. `ends_soon`: a pipe whose reader takes nothing for some seconds is an
 * error. Returns 0 or a negative errno with a line. */
int trace_finish_file(struct trace *trace, const char *fault, bool ends_soon,
		      struct message *message);

/* After that: writes the rest of the text, and may wait for its reader without end.
 * Returns 0 or a negative errno with a line. */
int trace_finish_text(struct trace *trace, struct message *message);

/* The counters; the guest may still change them. */
struct trace_shared *trace_shared(const struct trace *trace);

void trace_close(struct trace *trace);

#endif
