/*
 * Code of the host that runs in the virtual machine, in the guest's place: the gate, the
 * resolver's way out, the virtual CPU of vcpu/, and the calls of the guest's handlers. It
 * is linked to one block, position-independent, that begins with this header. The guest
 * can call all of it and can write the block's data: the host trusts nothing there.
 *
 *   header, code, constants | doorbell page | data | thunks
 *
 * Depends on vcpu/ and <stdint.h> alone: the code inside includes it, too.
 */
#ifndef JUMPSLOT_INSIDE_H
#define JUMPSLOT_INSIDE_H

#include <stdint.h>

/* In `bind`, words of the stack below the return address of the guest's call of its
 * stub. */
#define INSIDE_BIND_WORDS (sizeof(void *) == 8 ? 1 : 4)

/* Offsets from the header. */
struct inside_header {
	uint32_t gate;	    /* for vector arguments of 16 bytes */
	uint32_t gate_avx;  /* of 32 bytes */
	uint32_t gate_avx3; /* of 64 bytes (AVX-512) */
	uint32_t watched;   /* of a watched function that runs inside */
	uint32_t bind;	    /* the guest's __external_resolver */
	uint32_t returned;  /* the entry returns to it */
	uint32_t upcall;    /* saves vector registers, and goes on at jumpslot_upcall */
	uint32_t resume;    /* jumpslot_resume */
	uint32_t fault;	    /* calls the guest's fault handler */
	uint32_t ping;	    /* rings without end */
	uint32_t watch;	    /* vcpu.watch, which tells the host of interrupts */
	uint32_t vcpu;	    /* struct vcpu */
	uint32_t words;	    /* struct inside_words */
	uint32_t ranges, ranges_end; /* struct code_range_entry */
	uint32_t stops, stops_end;   /* struct code_stop_entry */
	uint32_t doorbell;
	uint32_t data, end;
	uint32_t inline_functions; /* uint32_t, in the order of common/inline.def */
};

/*
 * The guest's time: `now` at a value of the processor's counter, and how it goes on. The
 * rate is a little low, so no time is later than the host's next one.
 */
#define INSIDE_RATE_SHIFT 32
struct inside_clock {
	uint64_t counter;
	uint64_t valid_for; /* counts; then the host must be asked. 0: always */
	uint64_t now;	    /* ns */
	uint64_t rate;	    /* ns per count, times 2^INSIDE_RATE_SHIFT */
	uint32_t written;   /* how often the host did */
};

/* Words that the host sets for the code inside. */
struct inside_words {
	uint32_t in_callback; /* a host function is in progress */
	uint32_t tell_clock;  /* ring DOORBELL_CLOCK */
	struct inside_clock clock;
};

extern struct inside_words inside_words;

/* Arguments of doorbells, on the guest's stack; `result` is the host's answer. */
struct inside_sleep {
	uint64_t deadline_ns;
	uint32_t delivered;
	uint32_t result; /* of vcpu_sleep() */
};

struct inside_clock_read {
	uint64_t counter; /* the processor's, shortly before */
	uint64_t now;	  /* of _BSP_Virtual_Clock_read() */
};

/* A call of a port that may wait. The host may ask for the same call again, with what it
 * wrote here: interrupts are delivered in between. */
struct inside_port {
	int32_t port;
	uint32_t sends; /* or receives */
	uint64_t bytes;
	uint64_t size;
	int64_t timeout_ns;
	uint64_t deadline_ns; /* the host's; 0: not known yet */
	int32_t result;
	uint32_t again;
};

struct inside_stack_full {
	uint64_t pc, sp, bytes;
};

struct inside_watch {
	uint64_t frame; /* address of a struct jumpslot_interrupt_frame */
	uint64_t begins;
};

struct inside_code {
	uint64_t address;
	uint64_t result;
};

#endif
