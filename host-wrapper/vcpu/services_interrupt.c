/*
 * The services of the virtual CPU: vectors, handler, waiting. Called by guests, and so
 * checked; async-signal-safe, each of them, as interrupts reach the guest in the midst of
 * them.
 */
#define _GNU_SOURCE
#include <errno.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_cpu.h>

#include "float_control_x86.h"
#include "process/calls/gate.h"
#include "runner/guest.h"
#include "process/interrupts/interrupt.h"
#include "runner/services.h"
#include "vcpu.h"
#include "vector_set.h"

static bool is_vector(int vector)
{
	return vector >= 0 && vector < JUMPSLOT_VECTORS;
}

static bool is_used(int vector)
{
	return is_vector(vector) && vector_in(&vcpu.used, (unsigned)vector);
}

int _CPU_Virtual_Set_handler(void (*isr)(int, void *))
{
	if (!vcpu.state ||
	    jumpslot_guest_range((void *)(uintptr_t)isr, 1, JUMPSLOT_EXECUTE))
		return -EINVAL;
	__atomic_store_n(&vcpu.handler, (uintptr_t)isr, __ATOMIC_RELAXED);
	return 0;
}

int _CPU_Virtual_Irq_request(int vector)
{
	if (!is_vector(vector) || !vcpu.handler)
		return -EINVAL;
	if (vector > JUMPSLOT_VECTOR_CLOCK && vector < JUMPSLOT_VECTOR_SOFT &&
	    !(vcpu.lines >> vector & 1))
		return -EPERM;
	if (vector_add(&vcpu.used, (unsigned)vector))
		return -EBUSY;
	vector_remove(&vcpu.state->pending, (unsigned)vector);
	vector_remove(&vcpu.state->in_service, (unsigned)vector);
	vector_remove(&vcpu.state->masked, (unsigned)vector);
	return 0;
}

int _CPU_Virtual_Irq_detach(int vector)
{
	if (!is_used(vector))
		return -EINVAL;
	vector_add(&vcpu.state->masked, (unsigned)vector);
	vector_remove(&vcpu.used, (unsigned)vector);
	vector_remove(&vcpu.state->pending, (unsigned)vector);
	vector_remove(&vcpu.state->in_service, (unsigned)vector);
	return 0;
}

int _CPU_Virtual_Irq_mask(int vector)
{
	if (!is_used(vector))
		return -EINVAL;
	vector_add(&vcpu.state->masked, (unsigned)vector);
	return 0;
}

int _CPU_Virtual_Irq_unmask(int vector)
{
	if (!is_used(vector))
		return -EINVAL;
	vector_remove(&vcpu.state->masked, (unsigned)vector);
	jumpslot_interrupts_deliver();
	return 0;
}

int _CPU_Virtual_Irq_ack(int vector)
{
	if (!is_used(vector) || !vector_in(&vcpu.state->in_service, (unsigned)vector))
		return -EINVAL;
	vector_remove(&vcpu.state->in_service, (unsigned)vector);
	jumpslot_interrupts_deliver();
	return 0;
}

int _CPU_Virtual_Irq_raise(int vector)
{
	if (vector < JUMPSLOT_VECTOR_SOFT || !is_used(vector))
		return -EINVAL;
	vcpu_latch((unsigned)vector);
	jumpslot_interrupts_deliver();
	return 0;
}

/* Returns the level to go on with. */
static uint32_t call_handler(int vector, uint32_t nesting)
{
	struct jumpslot_interrupt_frame frame = {
		.pc = (uintptr_t)__builtin_return_address(0),
		.sp = (uintptr_t)__builtin_frame_address(0),
		.vector = (uint32_t)vector,
		.nesting = nesting,
	};

	vcpu.state->nesting = nesting + 1;
	vcpu.delivered++;
	float_control_default();
	((void (*)(int, void *))vcpu.handler)(vector, &frame);
	vcpu.state->level = 1;
	vcpu.state->nesting = nesting;
	return *(volatile uint32_t *)&frame.level;
}

/*
 * At level 0, and in a call of the guest's: so a call of the handler does, with the
 * floating-point control that it expects.
 */
void jumpslot_interrupts_deliver(void)
{
	struct float_control control;
	uint32_t level = 0;
	int vector;

	if (!vcpu.state || vcpu.state->level || !vcpu_has_deliverable())
		return;
	if (gate.state) { /* in a callback; it comes behind the outermost gate */
		gate.deferred = true;
		return;
	}
	float_control_save(&control);
	do {
		vcpu.state->level = 1;
		vcpu.waiting = 0;
		while (!level && (vector = vcpu_take()) >= 0)
			level = call_handler(vector, vcpu.state->nesting);
		vcpu.state->level = level;
	} while (!level && vcpu.waiting);
	float_control_restore(&control);
}

/* Sleeps once at most; 0 after a handler ran, -EAGAIN at the deadline, or -EINTR. */
static int sleep_until(uint64_t deadline)
{
	const struct timespec until = services_timespec(deadline);
	uint32_t delivered = vcpu.delivered;

	vcpu.waiting = 0;
	if (vcpu_has_deliverable())
		vcpu.waiting = 1;
	jumpslot_sleep(&until);
	jumpslot_interrupts_deliver();
	vcpu.state->level = 1;
	if (delivered != vcpu.delivered)
		return 0;
	return services_now() < deadline ? -EINTR : -EAGAIN;
}

int _CPU_Virtual_Wait_for_event(uint64_t deadline_ns)
{
	uint64_t deadline = INT64_MAX;
	int result;

	if (!vcpu.state || !vcpu.state->level || gate.state)
		return -EINVAL;
	if (deadline_ns < INT64_MAX - guest.started_ns)
		deadline = deadline_ns + guest.started_ns;
	do
		result = sleep_until(deadline);
	while (result == -EINTR);
	return result;
}

void _CPU_Virtual_idle_thread(void)
{
	if (vcpu.state)
		vcpu.state->level = 1;
	for (;;)
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
}
