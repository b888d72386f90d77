/*
 * The gate: takes the guest into a host function, which is ordinary C, and back. The
 * function runs on the host's stack, with the host's floating-point control and signal
 * mask.
 *
 *     guest's stack              host's stack (grows down)
 *    +--------------+           +-------------------------+
 *    | guest's      |   thunk   | record: who called, how | <- gate.record
 *    | caller       |---------->| copied arguments        |
 *    | return addr. |   gate    | host function's frames  |
 *    +--------------+           +-------------------------+
 *    | callback's   |<----------| callback                |   jumpslot_guest_call()
 *    | frames       |---------->| the next record         |
 *    +--------------+           +-------------------------+
 *
 * There is one guest on one thread, so there is one struct gate. Knows the plan, but not
 * files.
 */
#ifndef JUMPSLOT_GATE_H
#define JUMPSLOT_GATE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "gate_layout.h"

struct gate_record;

_Static_assert(GATE_INTERRUPT == SIGURG, "assembly has no <signal.h>");

/*
 * `state` tells which code runs:
 *
 *   0                               the guest; only now interrupts are delivered
 *   address of a record             the record's host function
 *   callback's + GATE_IN_CALLBACK   guest code that a host function called
 *   GATE_RESOLVING                  the resolver
 *   GATE_TRACING                    the record of a traced call (process/trace)
 *   GATE_OUTSIDE                    the runner, before the guest starts or after its end
 */
struct gate {
	uintptr_t state;
	struct gate_record *record; /* the next record; free stack below it */
	uintptr_t thread;	    /* the address that libc's segment register yields */
	uint32_t control; /* the host's x87 control word; GATE_READS if each call
			     reads the guest's MXCSR, GATE_NEVER if each swaps */
	uint32_t known;	  /* the guest's MXCSR control bits if nothing has
			     changed them, or 0: every call reads them */
	bool deferred;	  /* set if interrupts wait for the way out */
	uint32_t mxcsr;	  /* the host's control bits */
	bool masks_differ;
	uint64_t guest_mask; /* signal masks, as the kernel has them */
	uint64_t host_mask;
	int *host_errno;     /* of the guest's thread */
	uintptr_t stack_low; /* end of the host's stack; LOAD_GUARD bytes below it are not
				mapped */
};

/* One gated function. Read-only once the guest runs. */
struct gate_function {
	uintptr_t address;
	struct gate *gate;    /* for i386, where code cannot address data by position */
	uint32_t more;	      /* GATE_FORCED if every call swaps, GATE_READS if the
				 return reads MXCSR, or 0 */
	uint32_t stack_bytes; /* of arguments, to copy */
	uintptr_t padding;    /* room - stack_bytes */
	uintptr_t room;	      /* stack_bytes, rounded up to GATE_ALIGNMENT */
	uint32_t import;      /* index in the plan */
	bool on_guest_stack;
	bool blocking;
};
_Static_assert(offsetof(struct gate_function, stack_bytes) ==
		       offsetof(struct gate_function, more) + sizeof(uint32_t),
	       "x86-64 compares both as one");

/*
 * A call in progress. The record is at the top of the call's part of the host's stack.
 * For a function on the guest's stack the record is the whole part; `frame` and `ret` are
 * the guest's frame pointer and return address then, in the order of an ordinary frame.
 */
struct gate_record {
	uintptr_t frame;
	uintptr_t ret;
	uintptr_t outer; /* gate.state after the call; written before the call */
	const struct gate_function *function;
	uintptr_t guest_sp; /* the gate's frame; for a function on the guest's stack, the
			       first argument */
	uintptr_t saved[2];
	uint32_t mxcsr;	  /* the guest's, unless gate.known tells it */
	uint32_t control; /* the guest's x87 control word, and the function's `more`;
			     GATE_NEVER if the return swaps */
	uint32_t now;	  /* scratch, to compare what registers hold */
	bool masked;	  /* a blocking function's: the interrupt signal is masked */
} __attribute__((__aligned__(GATE_ALIGNMENT)));

/* Guest code that a host function called. */
struct gate_callback {
	uintptr_t
		cookie_at; /* lowest word in use on the guest's stack; holds gate.state */
	uintptr_t guest_high; /* from there up to here is the host function's call */
	uintptr_t guest_sp;   /* at the call, and again at the return */
	uintptr_t target;
	struct gate_record *caller;
	struct gate_record *outer_record;
	uint16_t x87_status; /* as the guest's function left it */
	uintptr_t cookie;    /* for a callback that is itself on the guest's stack */
	int host_errno;
};

/* Whether a host function runs in that state. */
static inline bool gate_is_record(uintptr_t state)
{
	return state > GATE_TRACING && !(state & GATE_IN_CALLBACK);
}

extern struct gate gate __attribute__((__visibility__("hidden")));

/*
 * Makes the host's stack, and a thunk for each import that the plan wants gated.
 * `functions` holds the address of each import's function, 0 for none; thunks replace the
 * addresses of gated functions. Does nothing if no function is gated. Returns 0 or a
 * negative errno.
 */
int gate_prepare(uintptr_t *functions, struct message *message);

/* Whether it is one of the gate's functions. Async-signal-safe. */
bool gate_has_function(const struct gate_function *function);

/*
 * Targets of thunks, in assembly, not for C. arch/<machine>/thunk.c passes the function.
 * Arguments and results stay as they are, wherever they are.
 */
extern const char jumpslot_gate[];
extern const char jumpslot_gate_on_guest_stack[];

/*
 * The guest's __external_resolver: calls jumpslot_resolver_entry, and delivers no
 * interrupt until it has returned. In assembly, not for C.
 */
extern const char jumpslot_bind[];

#endif
