/*
 * The virtual CPU: which interrupts wait, which may be delivered, and who is told.
 * Sources raise vectors from any thread; the guest's thread takes them. Knows nothing of
 * how an interrupt gets onto a stack: that is interrupt.h's.
 */
#ifndef JUMPSLOT_VCPU_H
#define JUMPSLOT_VCPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jumpslot/external_abi.h>
#include "common/outcome.h"
#include "vcpu_layout.h"

struct vcpu {
	volatile struct jumpslot_vcpu_state *state; /* the guest's; NULL: it takes none */
	uintptr_t handler;			    /* the guest's, 0: none yet */
	uintptr_t resuming;	   /* the frame that the guest is being restored from */
	volatile uint32_t waiting; /* an interrupt came while the level was not 0 */
	int32_t process;	   /* where interrupts go */
	int32_t thread;
	volatile uint32_t delivered; /* how many; wraps around */
	volatile uint64_t used;	     /* vectors that are in use */
	uint64_t lines;		     /* of vectors 1 to 15, those that the host serves */
};

#define VCPU_ASSERT(type, field, offset)                                                 \
	_Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
VCPU_ASSERT(vcpu, state, VCPU_STATE);
VCPU_ASSERT(vcpu, handler, VCPU_HANDLER);
VCPU_ASSERT(vcpu, resuming, VCPU_RESUMING);
VCPU_ASSERT(vcpu, waiting, VCPU_WAITING);
VCPU_ASSERT(vcpu, process, VCPU_PROCESS);
VCPU_ASSERT(vcpu, thread, VCPU_THREAD);
VCPU_ASSERT(jumpslot_vcpu_state, level, STATE_LEVEL);
VCPU_ASSERT(jumpslot_vcpu_state, nesting, STATE_NESTING);
#undef VCPU_ASSERT

extern struct vcpu vcpu __attribute__((__visibility__("hidden")));

/* Prepares the state for a guest that has one, on its own thread. */
void vcpu_start(void);

/* What a report says of the state. Async-signal-safe. */
void vcpu_describe(struct outcome *outcome);

/*
 * Makes a vector pending, `times` at once, of which all but one find it so; and always
 * tells the guest's thread: only there can the level be read without a race. Any thread;
 * async-signal-safe.
 */
void vcpu_raise(unsigned vector, uint64_t times);

/* The same, once, by the guest itself, which need not be told. On its own thread. */
void vcpu_latch(unsigned vector);

/* The same for `periods` of the clock, of which all but one are missed if it is pending.
 */
void vcpu_raise_clock(uint32_t periods);

/* Tells the guest's thread that something is pending. Any thread; async-signal-safe. */
void vcpu_tell(void);

/* Whether a vector waits that could be delivered at level 0. */
bool vcpu_has_deliverable(void);

/*
 * Takes the lowest deliverable vector into service and returns it, or -1. On the guest's
 * thread, at level 1, so that no interrupt comes in between.
 */
int vcpu_take(void);

#endif
