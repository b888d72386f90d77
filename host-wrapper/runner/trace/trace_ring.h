/*
 * The runner's side of the file that the supervisor reads (common/trace.h): counters, and
 * a ring of records. One writer at a time: the guest's thread, while no interrupt can be
 * delivered. A full ring makes the guest wait, so no record is lost.
 */
#ifndef JUMPSLOT_TRACE_RING_H
#define JUMPSLOT_TRACE_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"
#include "common/trace.h"
#include "runner/runner.h"

/* Maps the file at that descriptor; -1: there is none. Returns 0 or a negative errno. */
int trace_ring_map(const struct runner *runner, int fd, struct message *message);

/* The file; NULL: there is none, as in a process that a provider forked. */
struct trace_shared *trace_ring_shared(void);

/* A record to be written, `words` long. */
struct trace_entry {
	uint64_t words[TRACE_MAX_WORDS];
	uint32_t count;
};

/* Begins a record with its first words, and appends to it. There is one record at a time,
 * and none on the guest's stack, which may be small. */
struct trace_entry *trace_entry_begin(enum trace_kind kind, uint32_t number,
				      uint64_t place, uint64_t stack);
void trace_entry_add(struct trace_entry *entry, uint64_t word);

/* Writes it. Waits while the ring is full. */
void trace_ring_write(struct trace_entry *entry);

#endif
