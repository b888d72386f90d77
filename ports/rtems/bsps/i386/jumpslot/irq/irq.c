/*
 * Interrupts: the handler of all vectors, and RTEMS's bsp_interrupt_*() in terms of the
 * virtual CPU's vectors. A vector is in use from its first enable on.
 */
#include <bsp.h>
#include <bsp/irq-generic.h>
#include <bsp/irq.h>
#include <bsp/isr-level.h>
#include <rtems/score/threaddispatch.h>
#include <rtems/score/threadimpl.h>

#include <jumpslot/virt_cpu.h>

/*
 * Dispatches like _ISR_Handler of cpukit. From here on this is thread code, at the
 * nesting from before the interrupt. isr_dispatch_disable keeps interrupts of this thread
 * from dispatching on the same stack.
 */
static void dispatch(Per_CPU_Control *cpu, const struct jumpslot_interrupt_frame *frame)
{
	__jumpslot_vcpu.nesting = frame->nesting;
	do {
		cpu->isr_dispatch_disable = 1;
		cpu->thread_dispatch_disable_level = 1;
		_Thread_Do_dispatch(cpu, BSP_ISR_ENABLED);
		_CPU_Virtual_Interrupts_close();
	} while (cpu->dispatch_necessary);
	cpu->isr_dispatch_disable = 0;
}

/* Acknowledges before it dispatches: other threads run before that returns. */
static void interrupt(int vector, void *frame)
{
	Per_CPU_Control *cpu = _Per_CPU_Get();

	cpu->isr_nest_level++;
	cpu->thread_dispatch_disable_level++;
	bsp_interrupt_handler_dispatch((rtems_vector_number)vector);
	_CPU_Virtual_Interrupts_close();
	_CPU_Virtual_Irq_ack(vector);
	cpu->thread_dispatch_disable_level--;
	cpu->isr_nest_level--;
	if (!cpu->thread_dispatch_disable_level && !cpu->isr_dispatch_disable &&
	    cpu->dispatch_necessary)
		dispatch(cpu, frame);
}

/* The guest's own vectors are in use from the start, so they can be raised, and then are
 * pending, before they are enabled. */
void bsp_interrupt_facility_initialize(void)
{
	_CPU_Virtual_Set_handler(interrupt);
	for (int vector = BSP_IRQ_SOFT; vector < BSP_INTERRUPT_VECTOR_COUNT; vector++)
		if (!_CPU_Virtual_Irq_request(vector))
			_CPU_Virtual_Irq_mask(vector);
}

rtems_status_code bsp_interrupt_vector_enable(rtems_vector_number vector)
{
	if (!_CPU_Virtual_Irq_unmask((int)vector) ||
	    !_CPU_Virtual_Irq_request((int)vector))
		return RTEMS_SUCCESSFUL;
	return RTEMS_UNSATISFIED; /* a line that the host has not given this guest */
}

/* A vector that is not in use is disabled already. */
rtems_status_code bsp_interrupt_vector_disable(rtems_vector_number vector)
{
	_CPU_Virtual_Irq_mask((int)vector);
	return RTEMS_SUCCESSFUL;
}

static bool has_state(rtems_vector_number vector, int bit)
{
	int state = _CPU_Virtual_Irq_state((int)vector);

	return state >= 0 && state & bit;
}

rtems_status_code bsp_interrupt_vector_is_enabled(rtems_vector_number vector,
						  bool *enabled)
{
	int state = _CPU_Virtual_Irq_state((int)vector);

	*enabled = state >= 0 && !(state & CPU_VIRTUAL_IRQ_MASKED);
	return RTEMS_SUCCESSFUL;
}

rtems_status_code bsp_interrupt_is_pending(rtems_vector_number vector, bool *pending)
{
	*pending = has_state(vector, CPU_VIRTUAL_IRQ_PENDING);
	return RTEMS_SUCCESSFUL;
}

rtems_status_code bsp_interrupt_raise(rtems_vector_number vector)
{
	return _CPU_Virtual_Irq_raise((int)vector) ? RTEMS_UNSATISFIED : RTEMS_SUCCESSFUL;
}

rtems_status_code bsp_interrupt_clear(rtems_vector_number vector)
{
	return _CPU_Virtual_Irq_clear((int)vector) ? RTEMS_UNSATISFIED : RTEMS_SUCCESSFUL;
}

rtems_status_code bsp_interrupt_get_attributes(rtems_vector_number vector,
					       rtems_interrupt_attributes *attributes)
{
	attributes->is_maskable = true;
	attributes->can_enable = true;
	attributes->maybe_enable = true;
	attributes->can_disable = true;
	attributes->maybe_disable = true;
	attributes->can_raise = vector >= BSP_IRQ_SOFT;
	attributes->can_clear = true;
	attributes->cleared_by_acknowledge = true;
	return RTEMS_SUCCESSFUL;
}

/* The order of delivery is fixed: the lowest vector first. */
rtems_status_code bsp_interrupt_get_priority(rtems_vector_number vector,
					     uint32_t *priority)
{
	(void)vector;
	(void)priority;
	return RTEMS_UNSATISFIED;
}

rtems_status_code bsp_interrupt_set_priority(rtems_vector_number vector,
					     uint32_t priority)
{
	(void)vector;
	(void)priority;
	return RTEMS_UNSATISFIED;
}
