/*
 * The counters of a guest's calls and interrupts, for reports. All of it is the runner's
 * word: numbers are only printed.
 */
#ifndef JUMPSLOT_STATS_H
#define JUMPSLOT_STATS_H

#include <stdbool.h>
#include <stdio.h>

#include "launcher/link/linked_guest.h"
#include "trace.h"

struct stats_function {
	uint32_t import;
	struct trace_counter counter;
	uint8_t bound; /* TRACE_BOUND_* */
};

struct stats {
	struct stats_function *functions; /* of each import that has a provider */
	size_t count;
	uint64_t vectors[JUMPSLOT_VECTORS];
	uint64_t run_ns; /* from the call of the guest's entry to the end */
	bool counted;	 /* calls were counted: --stats */
	bool unused;	 /* --unused */
};

/* Copies the counters of a guest that ended at `end_ns` (CLOCK_MONOTONIC); the function
 * with the most time first. Returns 0 or -ENOMEM. */
int stats_take(struct stats *stats, const struct trace *trace,
	       const struct linked_guest *guest, uint64_t end_ns);
void stats_free(struct stats *stats);

/* Print tables for people: calls, and imports that were never called. */
void stats_print(const struct stats *stats, const struct linked_guest *guest, FILE *out);
void stats_print_unused(const struct stats *stats, const struct linked_guest *guest,
			FILE *out);

/* Print values of JSON: an object or null; an array or null. */
void stats_json(const struct stats *stats, const struct linked_guest *guest, FILE *out);
void stats_json_unused(const struct stats *stats, const struct linked_guest *guest,
		       FILE *out);

#endif
