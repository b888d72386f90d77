/* The rules of vcpu/, applied to the state page of a partition. See interrupts.h. */
#include "common/code_table_x86.h"
#include "common/outcome.h"
#include "ending.h"
#include "guest_runtime.h"
#include "interrupt_frame_guest.h"
#include "interrupts.h"
#include "vcpu/rules.h"

void interrupts_raise(struct partition *partition, unsigned vector)
{
	volatile struct jumpslot_vcpu_state *state = partition->state;
	const uint64_t bit = UINT64_C(1) << vector;

	if (!state)
		return;
	if (state->pending & bit)
		state->coalesced++;
	state->pending |= bit;
}

/* Without the place: most often there is nothing to deliver, and each way back to a guest
 * comes here. */
static struct vcpu_snapshot snapshot(const struct partition *partition)
{
	const volatile struct jumpslot_vcpu_state *state = partition->state;

	if (!state || !state->pending || !guest_runtime_handler(partition))
		return (struct vcpu_snapshot){ 0 };
	return (struct vcpu_snapshot){
		.place = VCPU_IN_GUEST,
		.level = state->level,
		.used = guest_runtime_used(partition),
		.pending = state->pending,
		.masked = state->masked,
		.in_service = state->in_service,
	};
}

bool interrupts_has_deliverable(const struct partition *partition)
{
	const struct vcpu_snapshot now = snapshot(partition);

	return vcpu_deliverable(&now);
}

/* As vcpu_enter() does in other hosts: takes the vector into service. */
static void take(struct partition *partition, unsigned vector, uint32_t nesting)
{
	volatile struct jumpslot_vcpu_state *state = partition->state;

	state->level = 1;
	state->pending &= ~(UINT64_C(1) << vector);
	state->in_service |= UINT64_C(1) << vector;
	state->nesting = nesting + 1;
	guest_runtime_count_delivered(partition);
}

/* Whether the stack has that many bytes above the limit that the guest set. */
static bool has_room(const struct partition *partition, uint64_t bytes)
{
	const uint64_t limit = partition->state->stack_limit;
	const uint64_t sp = partition->registers.sp;

	return !limit || (sp >= limit && sp - limit >= bytes);
}

static void deliver(struct partition *partition, unsigned vector)
{
	const struct guest_frame_place place = guest_frame_place(partition);
	const struct jumpslot_interrupt_frame shown = {
		.vector = vector,
		.level = partition->state->level,
		.nesting = partition->state->nesting,
	};
	const uint64_t bytes = partition->registers.sp - place.end;

	if (!has_room(partition, bytes)) {
		ending_stack_full(partition, partition->registers.pc,
				  partition->registers.sp, bytes);
		return;
	}
	if (!guest_frame_enter(partition, &place, &shown,
			       guest_runtime_handler(partition))) {
		ending_by(partition, OUTCOME_INTERRUPT_STACK, vector);
		return;
	}
	take(partition, vector, shown.nesting);
}

/* Runs the return again: it looks for vectors before it ends. */
static void restart_return(struct partition *partition)
{
	partition->registers.pc = partition->record->runtime.resume;
	partition->registers.sp = guest_runtime_resuming(partition);
	partition->registers.flags = X86_FLAGS_DEFAULT;
}

void interrupts_deliver(struct partition *partition)
{
	struct vcpu_snapshot now = snapshot(partition);
	const struct boot_range *sleep;
	struct vcpu_decision decision;

	if (!vcpu_deliverable(&now))
		return;
	if (partition_range(partition, CODE_RETURNING, partition->registers.pc))
		now.place = VCPU_IN_RETURNING;
	decision = vcpu_decide(&now);
	switch (decision.action) {
	case VCPU_HOLD:
		guest_runtime_set_waiting(partition);
		break;
	case VCPU_RESTART:
		restart_return(partition);
		break;
	case VCPU_DELIVER:
		sleep = partition_range(partition, CODE_SLEEP, partition->registers.pc);
		if (sleep)
			partition->registers.pc = sleep->end;
		deliver(partition, decision.vector);
		break;
	case VCPU_NOTHING:
	case VCPU_DEFER:
		break;
	}
}
