/*
 * The services of the virtual CPU: vectors, handler, waiting. Guests call them, so every
 * argument is checked. Each is async-signal-safe, as interrupts reach the guest in the
 * middle of it. Depends on hooks.h alone.
 */
#include <linux/errno.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_cpu.h>

#include "float_control.h"
#include "hooks.h"
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
	if (!vcpu.state || !vcpu_is_guest_code((uintptr_t)isr))
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
	if (vector == JUMPSLOT_VECTOR_CLOCK)
		vcpu_clock_acknowledged();
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

int _CPU_Virtual_Irq_clear(int vector)
{
	if (!is_used(vector))
		return -EINVAL;
	vector_remove(&vcpu.state->pending, (unsigned)vector);
	return 0;
}

int _CPU_Virtual_Irq_state(int vector)
{
	int state = 0;

	if (!is_used(vector))
		return -EINVAL;
	if (vector_in(&vcpu.state->pending, (unsigned)vector))
		state |= CPU_VIRTUAL_IRQ_PENDING;
	if (vector_in(&vcpu.state->masked, (unsigned)vector))
		state |= CPU_VIRTUAL_IRQ_MASKED;
	if (vector_in(&vcpu.state->in_service, (unsigned)vector))
		state |= CPU_VIRTUAL_IRQ_IN_SERVICE;
	return state;
}

static void call_handler(int vector, struct jumpslot_interrupt_frame *frame)
{
	float_control_default();
	((void (*)(int, void *))vcpu.handler)(vector, frame);
}

/* At least what deliver() and its calls of vcpu/ use; the tests measure it. */
#define DELIVER_BYTES ((size_t)256)

/* `pc` and `sp`: the place of the guest's call of the service. */
static void deliver(uintptr_t pc, uintptr_t sp)
{
	struct jumpslot_interrupt_frame frame = {
		.pc = pc,
		.sp = sp,
		.vector = JUMPSLOT_VECTORS, /* none yet */
		.nesting = vcpu.state->nesting,
	};
	struct float_control control;
	int vector;

	float_control_save(&control);
	do
		while ((vector = vcpu_return(&frame)) >= 0)
			call_handler(vector, &frame);
	while (vcpu_reopen(&frame));
	float_control_restore(&control);
}

/*
 * The guest calls this, so it calls the guest's handler like a function, without a frame
 * of registers. It saves only floating-point control, which a function must preserve but
 * the handler starts with at its default.
 */
void jumpslot_interrupts_deliver(void)
{
	const uintptr_t pc = (uintptr_t)__builtin_return_address(0);
	const uintptr_t sp = (uintptr_t)__builtin_frame_address(0);

	if (!vcpu.state || vcpu.state->level || !vcpu_has_deliverable() || vcpu_defer())
		return;
	if (!vcpu_stack_has(sp, DELIVER_BYTES))
		vcpu_stack_full(pc, sp, DELIVER_BYTES);
	deliver(pc, sp);
}

/*
 * Delivers pending interrupts, and sleeps if there was none. Returns 0 at the deadline,
 * at level 1.
 */
static int sleep_once(uint64_t deadline_ns, uint32_t delivered)
{
	int result;

	vcpu_set_level(0);
	jumpslot_interrupts_deliver();
	result = vcpu_sleep(deadline_ns, delivered);
	jumpslot_interrupts_deliver();
	vcpu_close();
	return result;
}

int _CPU_Virtual_Wait_for_event(uint64_t deadline_ns)
{
	uint32_t delivered = vcpu.delivered;
	int result;

	if (!vcpu.state || !vcpu.state->level || vcpu_defer())
		return -EINVAL;
	do
		result = sleep_once(deadline_ns, delivered);
	while (result && delivered == vcpu.delivered);
	return delivered == vcpu.delivered ? -EAGAIN : 0;
}

void _CPU_Virtual_idle_thread(void)
{
	vcpu_close();
	for (;;)
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
}
