/*
 * The virtual CPU: its state, and the functions that change level, nesting and vectors.
 * Sources raise vectors on any thread; delivery is on the guest's thread. Freestanding:
 * runs at the guest's privilege and depends on hooks.h alone.
 */
#ifndef JUMPSLOT_VCPU_H
#define JUMPSLOT_VCPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jumpslot/external_abi.h>
#include "rules.h"

struct vcpu {
	volatile struct jumpslot_vcpu_state *state; /* the guest's; NULL: no interrupts */
	uintptr_t handler;			    /* the guest's; 0: not set */
	uintptr_t resuming;	     /* the frame that the return restores */
	volatile uint32_t waiting;   /* an interrupt came while the level was not 0 */
	volatile uint32_t delivered; /* counts deliveries; wraps around */
	volatile uint64_t used;	     /* vectors that the guest requested */
	uint64_t lines;		     /* of vectors 1 to 15, those that the host serves */
	/* Called at level 1 when a vector is delivered and when its handler has returned;
	   NULL: nobody watches. */
	void (*watch)(const struct jumpslot_interrupt_frame *frame, bool begins);
};

extern struct vcpu vcpu __attribute__((__visibility__("hidden")));

/* Initializes the guest's state: level 1, all vectors masked. Before the guest starts. */
void vcpu_start(volatile struct jumpslot_vcpu_state *state);

/*
 * Marks the vector pending and kicks the guest's thread; `times` - 1 raises count as
 * coalesced. Always kicks: only the guest's thread can read the level without a race.
 * Any thread; async-signal-safe.
 */
void vcpu_raise(unsigned vector, uint64_t times);

/* Marks the vector pending, without a kick. On the guest's thread, by the guest. */
void vcpu_latch(unsigned vector);

/*
 * Marks the clock's vector pending for `periods` periods; all but one of them count as
 * missed, and all if the vector was pending. Async-signal-safe.
 */
void vcpu_raise_clock(uint32_t periods);

/* Reads the guest's state once, on its thread. */
static inline struct vcpu_snapshot vcpu_snapshot(enum vcpu_place place)
{
	return (struct vcpu_snapshot){
		.place = place,
		.level = vcpu.state->level,
		.used = vcpu.handler ? vcpu.used : 0,
		.pending = vcpu.state->pending,
		.masked = vcpu.state->masked,
		.in_service = vcpu.state->in_service,
	};
}

/*
 * Whether the guest's stack has `bytes` below `sp`, above the limit that the guest set.
 * Every frame on the guest's stack needs it.
 */
static inline bool vcpu_stack_has(uintptr_t sp, size_t bytes)
{
	const uintptr_t limit = (uintptr_t)vcpu.state->stack_limit;

	return !limit || (sp >= limit && sp - limit >= bytes);
}

/* Whether a vector could be delivered at level 0. */
bool vcpu_has_deliverable(void);

/*
 * Delivery. All three run on the guest's thread, and `frame` is that of the interrupt.
 *
 *	vcpu_enter(frame, vector)
 *	do {
 *		call the handler
 *		while ((vector = vcpu_return(frame)) >= 0)
 *			call the handler
 *	} while (vcpu_reopen(frame))
 *
 * vcpu_enter() takes the vector into service, saves level and nesting in the frame, and
 * closes. vcpu_return() closes, and takes the next deliverable vector into service for
 * the same frame; -1 if there is none or the frame's level is not 0. vcpu_reopen()
 * restores the frame's level and returns whether an interrupt came before that. The
 * assembly of interrupt.h has a vcpu_reopen() of its own, as it must be restartable.
 */
void vcpu_enter(struct jumpslot_interrupt_frame *frame, unsigned vector);
int vcpu_return(struct jumpslot_interrupt_frame *frame);
bool vcpu_reopen(const struct jumpslot_interrupt_frame *frame);

/* Sets the level to 1 and returns what it was; 1 for a guest without interrupts. */
uint32_t vcpu_close(void);

/* Sets the level. The caller then delivers the vectors that this made deliverable. */
void vcpu_set_level(uint32_t level);

#endif
