/* Sets of vectors in the guest's memory. See vcpu.h. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/calls/gate.h"
#include "runner/guest.h"
#include "vcpu.h"
#include "vector_set.h"

struct vcpu vcpu;

void vcpu_start(void)
{
	vcpu.process = getpid();
	vcpu.thread = (int32_t)syscall(SYS_gettid);
	if (!guest.plan->vcpu_state)
		return;
	vcpu.state = guest_pointer(guest.plan->vcpu_state);
	*vcpu.state = (struct jumpslot_vcpu_state){
		.version = JUMPSLOT_VCPU_VERSION,
		.size = sizeof(*vcpu.state),
		.level = 1,
		.masked = UINT64_MAX,
	};
	if (guest.outcome)
		guest.outcome->vcpu_address = (uintptr_t)vcpu.state;
}

void vcpu_describe(struct outcome *outcome)
{
	if (vcpu.state)
		outcome->vcpu = *vcpu.state;
}

void vcpu_tell(void)
{
	syscall(SYS_tgkill, vcpu.process, vcpu.thread, GATE_INTERRUPT);
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
	vcpu_tell();
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
	/* Each is read once: the guest may change them in between. */
	uint64_t masked = vcpu.state->masked, in_service = vcpu.state->in_service;

	return vcpu.state->pending & vcpu.used & ~masked & ~in_service;
}

bool vcpu_has_deliverable(void)
{
	return vcpu.handler && deliverable();
}

int vcpu_take(void)
{
	uint64_t vectors = vcpu.handler ? deliverable() : 0;
	unsigned vector;

	if (!vectors)
		return -1;
	vector = (unsigned)__builtin_ctzll(vectors);
	vector_remove(&vcpu.state->pending, vector);
	vector_add(&vcpu.state->in_service, vector);
	return (int)vector;
}
