/* Level, nesting and sets of vectors in the guest's memory. See vcpu.h. */
#include "hooks.h"
#include "vcpu.h"
#include "vector_set.h"

struct vcpu vcpu;

void vcpu_start(volatile struct jumpslot_vcpu_state *state)
{
	state->version = JUMPSLOT_VCPU_VERSION;
	state->size = sizeof(*state);
	state->nesting = 0;
	state->pending = 0;
	state->masked = UINT64_MAX;
	state->in_service = 0;
	state->missed = 0;
	state->coalesced = 0;
	state->partition = 0;
	state->reserved = 0;
	state->stack_limit = 0;
	vcpu.state = state;
	vcpu_set_level(1);
}

void vcpu_latch(unsigned vector)
{
	if (vector_add(&vcpu.state->pending, vector))
		__atomic_fetch_add(&vcpu.state->coalesced, 1, __ATOMIC_RELAXED);
}

void vcpu_raise(unsigned vector, uint64_t times)
{
	__atomic_fetch_add(&vcpu.state->coalesced, (uint32_t)(times - 1),
			   __ATOMIC_RELAXED);
	vcpu_latch(vector);
	vcpu_kick();
}

void vcpu_raise_clock(uint32_t periods)
{
	if (!vector_add(&vcpu.state->pending, JUMPSLOT_VECTOR_CLOCK))
		periods--;
	if (periods)
		__atomic_fetch_add(&vcpu.state->missed, periods, __ATOMIC_RELAXED);
}

static uint64_t deliverable(void)
{
	const struct vcpu_snapshot now = vcpu_snapshot(VCPU_IN_GUEST);

	return vcpu_deliverable(&now);
}

bool vcpu_has_deliverable(void)
{
	return deliverable();
}

uint32_t vcpu_close(void)
{
	uint32_t level = 1;

	if (vcpu.state) {
		level = vcpu.state->level;
		vcpu.state->level = 1;
	}
	return level;
}

void vcpu_set_level(uint32_t level)
{
	vcpu.state->level = level;
}

/* Takes the vector into service. No interrupt intervenes: the caller holds level 1. */
static void take(struct jumpslot_interrupt_frame *frame, unsigned vector)
{
	vector_remove(&vcpu.state->pending, vector);
	vector_add(&vcpu.state->in_service, vector);
	frame->vector = vector;
	vcpu.state->nesting = frame->nesting + 1;
	vcpu.delivered++;
	if (vcpu.watch)
		vcpu.watch(frame, true);
}

void vcpu_enter(struct jumpslot_interrupt_frame *frame, unsigned vector)
{
	frame->level = vcpu_close();
	frame->nesting = vcpu.state->nesting;
	take(frame, vector);
}

int vcpu_return(struct jumpslot_interrupt_frame *frame)
{
	uint64_t vectors;
	unsigned vector;

	vcpu_set_level(1);
	vcpu.waiting = 0;
	if (vcpu.watch && frame->vector < JUMPSLOT_VECTORS) {
		vcpu.watch(frame, false);
		frame->vector = JUMPSLOT_VECTORS;
	}
	vectors = frame->level ? 0 : deliverable();
	if (!vectors) {
		vcpu.state->nesting = frame->nesting;
		return -1;
	}
	vector = vector_lowest(vectors);
	take(frame, vector);
	return (int)vector;
}

bool vcpu_reopen(const struct jumpslot_interrupt_frame *frame)
{
	uint32_t level = frame->level;

	vcpu_set_level(level);
	return !level && vcpu.waiting;
}
