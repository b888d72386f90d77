/*
 * The supervisor's view of a running guest: counters of calls and a ring of records, in a
 * file that the runner and the supervisor map. The guest could write there too, so
 * the supervisor checks every number that it reads, and reads each of them once. Fields
 * have the same width and place for every word size. Depends on <stdint.h> and the ABI's
 * vectors alone.
 */
#ifndef JUMPSLOT_TRACE_H
#define JUMPSLOT_TRACE_H

#include <stdint.h>

#include <jumpslot/abi/vcpu.h>

/*
 * The file: struct trace_shared, a struct trace_counter for each import, and the ring, a
 * power of two of 8-byte words at a page boundary. Its size is in the plan.
 */
#define TRACE_RING_WORDS (UINT32_C(1) << 18)

/* The longest record, in words, and the longest text of an argument, in bytes. */
#define TRACE_MAX_WORDS	    96
#define TRACE_MAX_ARGUMENTS 24
#define TRACE_MAX_TEXT	    48

struct trace_counter {
	uint64_t calls;
	uint64_t returned; /* fewer if a call has not ended, or its end is not seen */
	uint64_t total_ns; /* of those that returned */
	uint64_t most_ns;
};

/* Whether an import's slot was bound, as far as the runner has told. */
#define TRACE_BOUND_UNKNOWN 0
#define TRACE_BOUND_NEVER   1
#define TRACE_BOUND_CALL    2 /* by a call */
#define TRACE_BOUND_START   3 /* before the start */

struct trace_shared {
	uint64_t base;	    /* added to the image's addresses */
	uint64_t stack_low; /* the guest's initial stack */
	uint64_t stack_high;
	uint64_t started;		    /* when the guest's entry was called */
	uint64_t vectors[JUMPSLOT_VECTORS]; /* deliveries */
	uint32_t head; /* words that the runner has written; wraps around */
	uint32_t reserved;
	uint32_t tail; /* words that the supervisor has read */
	uint32_t done; /* the last request of the control that was carried out */
};

/* Kinds of records. */
enum trace_kind {
	TRACE_CALL = 1,
	TRACE_RETURN,
	TRACE_SKIPPED,	 /* like TRACE_RETURN: the policy has made the result */
	TRACE_INTERRUPT, /* a vector is delivered */
	TRACE_INTERRUPT_END,
	TRACE_WAIT, /* the guest sleeps until an interrupt or a deadline */
	TRACE_WAIT_END,
};

/* The first words of a record. */
struct trace_record {
	uint16_t kind;
	uint16_t words;	 /* of the whole record */
	uint32_t number; /* import or vector */
	uint64_t time;	 /* CLOCK_MONOTONIC, ns */
	uint64_t place;	 /* the guest's program counter: after a call, or interrupted */
	uint64_t stack;	 /* a call: identifies it until it returns */
	/*
	 * A call: a word for each argument that the plan names, two for a wide one; then
	 * for each argument that may be text a word with its length, TRACE_NO_TEXT or
	 * more, and the text, padded to words. A return: the call's duration in ns and
	 * two words of the result.
	 */
	uint64_t data[];
};

#define TRACE_RECORD_WORDS (sizeof(struct trace_record) / sizeof(uint64_t))

/* The length of an argument's text: not text; or bits that may be set in the length. */
#define TRACE_NO_TEXT  0x100
#define TRACE_CUT_TEXT 0x200 /* there is more */

_Static_assert(sizeof(struct trace_shared) == 32 + 8 * JUMPSLOT_VECTORS + 16,
	       "as launcher and every runner know it");
_Static_assert(sizeof(struct trace_record) == 32, "as launcher and every runner know it");
_Static_assert(sizeof(struct trace_counter) == 32,
	       "as launcher and every runner know it");

/* Where the ring begins in the file, for a guest with `imports` imports. */
static inline uint64_t trace_ring_offset(uint64_t imports)
{
	return (sizeof(struct trace_shared) +
		imports * (sizeof(struct trace_counter) + 1) + 4095) &
	       ~UINT64_C(4095);
}

static inline uint64_t trace_file_size(uint64_t imports)
{
	return trace_ring_offset(imports) + TRACE_RING_WORDS * sizeof(uint64_t);
}

static inline struct trace_counter *trace_counters(struct trace_shared *shared)
{
	return (struct trace_counter *)(shared + 1);
}

/* TRACE_BOUND_* of each import. */
static inline uint8_t *trace_bound(struct trace_shared *shared, uint64_t imports)
{
	return (uint8_t *)(trace_counters(shared) + imports);
}

static inline uint64_t *trace_ring(struct trace_shared *shared, uint64_t imports)
{
	return (uint64_t *)((char *)shared + trace_ring_offset(imports));
}

#endif
