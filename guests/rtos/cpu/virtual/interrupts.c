/* Vectors and waiting: the host's functions, one to one. */
#include <jumpslot/virt_cpu.h>

#include "cpu.h"
#include "interrupt.h"
#include "interrupts.h"
#include "sched.h"

/* Restores `nesting` before the dispatch: other threads run at nesting 0. The return from
 * the handler takes it from the frame. */
static void handler(int vector, void *frame)
{
	const struct jumpslot_interrupt_frame *interrupted = frame;

	interrupt_handle(vector);
	__jumpslot_vcpu.nesting = interrupted->nesting;
	sched_dispatch();
}

void interrupts_init(void)
{
	_CPU_Virtual_Set_handler(handler);
}

bool cpu_vector_connect(int vector)
{
	return !_CPU_Virtual_Irq_request(vector);
}

void cpu_vector_disconnect(int vector)
{
	_CPU_Virtual_Irq_detach(vector);
}

void cpu_vector_mask(int vector)
{
	_CPU_Virtual_Irq_mask(vector);
}

void cpu_vector_unmask(int vector)
{
	_CPU_Virtual_Irq_unmask(vector);
}

void cpu_vector_acknowledge(int vector)
{
	_CPU_Virtual_Irq_ack(vector);
}

void cpu_vector_raise(int vector)
{
	_CPU_Virtual_Irq_raise(vector);
}

void cpu_wait(void)
{
	_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
}

void cpu_idle(void)
{
	for (;;)
		_CPU_Virtual_idle_thread();
}
