/* The rules of delivery. See rules.h. */
#include "rules.h"
#include "vector_set.h"

uint64_t vcpu_deliverable(const struct vcpu_snapshot *now)
{
	return now->pending & now->used & ~now->masked & ~now->in_service;
}

struct vcpu_decision vcpu_decide(const struct vcpu_snapshot *now)
{
	uint64_t vectors = vcpu_deliverable(now);

	if (now->place == VCPU_IN_HOST)
		return (struct vcpu_decision){ .action = VCPU_DEFER };
	if (now->level)
		return (struct vcpu_decision){ .action = VCPU_HOLD };
	if (now->place == VCPU_IN_RETURNING)
		return (struct vcpu_decision){ .action = VCPU_RESTART };
	if (!vectors)
		return (struct vcpu_decision){ .action = VCPU_NOTHING };
	return (struct vcpu_decision){ VCPU_DELIVER, vector_lowest(vectors) };
}
