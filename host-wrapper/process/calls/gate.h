/*
 * The gate: the way of a guest into a host function that is ordinary C, on the host's own
 * stack and with the host's floating-point control and signal mask; and back.
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
 * One guest, one virtual processor, one thread: a single struct gate. Knows bindings and
 * plan; nothing of files.
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

_Static_assert(GATE_INTERRUPT == SIGURG, "the interrupts' signal");

/*
 * `state` says who runs: 0 is the guest, with no host function below it, the one state in
 * which it may be interrupted; a record's address is that record's host function;
 * a callback's address + GATE_IN_CALLBACK is guest code that a host function called; and
 * two small numbers are the resolver, and what is before the guest's start and after its
 * end.
 */
struct gate {
	uintptr_t state;
	struct gate_record *record; /* where the next one goes, and the stack ends */
	uintptr_t thread;	    /* what the segment register of libc's points to */
	uint32_t expected;	    /* the host's MXCSR control bits, or GATE_NEVER */
	uint32_t control;	    /* the host's x87 control word */
	bool deferred;		    /* an interrupt has to wait for the way out */
	uint32_t mxcsr;		    /* the host's control bits */
	bool masks_differ;
	uint64_t guest_mask; /* signal masks, as the kernel has them */
	uint64_t host_mask;
	int *host_errno;     /* of the guest's thread */
	uintptr_t stack_low; /* the host's stack ends here, LOAD_GUARD below it is no
				memory */
};

/* One gated function; never written once the guest runs. */
struct gate_function {
	uintptr_t address;
	struct gate *gate;     /* for i386, where code finds no data by itself */
	uintptr_t stack_bytes; /* of arguments, that are copied */
	uintptr_t padding;     /* room - stack_bytes */
	uintptr_t room;	       /* stack_bytes, rounded up to GATE_ALIGNMENT */
	uint32_t force;	       /* GATE_FORCED where every call has more to do, or 0 */
	uint32_t import;       /* index in the plan */
	bool on_guest_stack;
	bool blocking;
};

/*
 * A call that is under way, at the top of the part of the host's stack that is its own.
 * Of a function on the guest's stack this is all that there is; `frame` and `ret` are
 * then the guest's frame pointer and return address, as a frame has them.
 */
struct gate_record {
	uintptr_t frame;
	uintptr_t ret;
	uintptr_t outer; /* gate.state behind the call; written before the call */
	const struct gate_function *function;
	uintptr_t guest_sp; /* the gate's frame there; or, on it, the first argument */
	uintptr_t saved[2];
	uint32_t mxcsr; /* the guest's */
	uint16_t control;
	uint32_t expected; /* its control bits, or GATE_NEVER */
	uint32_t now;	   /* room to look at what the host left behind */
} __attribute__((__aligned__(GATE_ALIGNMENT)));

/* Guest code that a host function called. */
struct gate_callback {
	uintptr_t cookie_at; /* the lowest word of the guest's stack that is in use; it */
	/* holds gate.state */
	uintptr_t guest_high; /* and up to here it belongs to the host function's call */
	uintptr_t guest_sp;   /* at the call, and so when it returns */
	uintptr_t target;
	struct gate_record *caller;
	struct gate_record *outer_record;
	uintptr_t cookie; /* where the callback itself is on the guest's stack */
	int host_errno;
};

/* Whether that state is a record's host function. */
static inline bool gate_is_record(uintptr_t state)
{
	return state > GATE_RESOLVING && !(state & GATE_IN_CALLBACK);
}

extern struct gate gate __attribute__((__visibility__("hidden")));

/*
 * Makes the host's stack, and a thunk for each import that the plan wants gated:
 * `functions`, an address an import, 0 for none, then holds the thunks' addresses in
 * their place. Does nothing where nothing is gated. Returns 0 or a negative errno.
 */
int gate_prepare(uintptr_t *functions, struct message *message);

/*
 * Where thunks lead, in assembly; never called from C. How they get their function is the
 * business of thunk_<arch>.c. Arguments and results are left alone, wherever they are.
 */
extern const char jumpslot_gate[];
extern const char jumpslot_gate_on_guest_stack[];

/*
 * What __external_resolver of the guest holds: jumpslot_resolver_entry, within which no
 * interrupt reaches the guest. Never called from C.
 */
extern const char jumpslot_bind[];

#endif
