/*
 * The rules of delivery: one function from a snapshot of the guest's state to a decision.
 * The guest can change its state at any time, so a host reads it once, and acts on the
 * decision. Inline, as this runs on each interrupt. Depends on nothing of a host.
 */
#ifndef JUMPSLOT_RULES_H
#define JUMPSLOT_RULES_H

#include <stdint.h>

#include "vector_set.h"

/* Where the guest was interrupted. */
enum vcpu_place {
	VCPU_IN_GUEST,	   /* code of the guest, or of a direct function */
	VCPU_IN_HOST,	   /* a host function is in progress, or its way in or out */
	VCPU_IN_RETURNING, /* the return from an interrupt handler (interrupt.h) */
};

struct vcpu_snapshot {
	enum vcpu_place place;
	uint32_t level;
	uint64_t used; /* vectors that the guest requested; 0 without a handler */
	uint64_t pending;
	uint64_t masked;
	uint64_t in_service;
};

enum vcpu_action {
	VCPU_NOTHING, /* no vector can be delivered */
	VCPU_DEFER,   /* look again when the host function has returned */
	VCPU_HOLD,    /* look again when the guest enables interrupts */
	VCPU_RESTART, /* restart the return; it looks again before it ends */
	VCPU_DELIVER, /* call the guest's handler with `vector` */
};

struct vcpu_decision {
	enum vcpu_action action;
	unsigned vector;
};

/* Vectors that could be delivered at level 0. */
static inline uint64_t vcpu_deliverable(const struct vcpu_snapshot *now)
{
	return now->pending & now->used & ~now->masked & ~now->in_service;
}

static inline struct vcpu_decision vcpu_decide(const struct vcpu_snapshot *now)
{
	uint64_t vectors = vcpu_deliverable(now);

	if (now->place == VCPU_IN_HOST)
		return (struct vcpu_decision){ VCPU_DEFER, 0 };
	if (now->level)
		return (struct vcpu_decision){ VCPU_HOLD, 0 };
	if (now->place == VCPU_IN_RETURNING)
		return (struct vcpu_decision){ VCPU_RESTART, 0 };
	if (!vectors)
		return (struct vcpu_decision){ VCPU_NOTHING, 0 };
	return (struct vcpu_decision){ VCPU_DELIVER, vector_lowest(vectors) };
}

#endif
