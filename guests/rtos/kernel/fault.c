/* See fault.h. */
#include "cpu.h"
#include "fault.h"
#include "interrupt.h"
#include "print.h"
#include "thread.h"

/* Of the thread that is about to say so: nobody else runs until it has it. */
static const char *last_fault;

bool fault_is_of_thread(const char *what, bool closed, uintptr_t *sp)
{
	const struct thread *self = thread_self();

	if (closed || interrupt_is_active() || self->priority == THREAD_IDLE_PRIORITY)
		return false;
	last_fault = what;
	*sp = (uintptr_t)self->stack + self->stack_size;
	return true;
}

void fault_end_thread(void)
{
	const char *what = last_fault;

	cpu_interrupts_open();
	print("%s: ended by a fault: %s\n", thread_self()->name, what);
	thread_exit();
}
