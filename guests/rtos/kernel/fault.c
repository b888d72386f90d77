/* See fault.h. Depends only on cpu, print, sched and thread. */
#include "cpu.h"
#include "fault.h"
#include "print.h"
#include "sched.h"
#include "thread.h"

/* For fault_end_thread(), which reads it before it enables interrupts. */
static const char *last_fault;

bool fault_is_of_thread(const char *what, bool closed, uintptr_t *sp)
{
	const struct thread *self = thread_self();

	if (closed || sched_is_in_interrupt() || self->priority == THREAD_IDLE_PRIORITY)
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
