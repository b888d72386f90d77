/* See semaphore.h. Depends only on cpu, sched, tcb and wait. */
#include "cpu.h"
#include "sched.h"
#include "semaphore.h"

void semaphore_init(struct semaphore *semaphore, uint32_t count)
{
	semaphore->count = count;
	wait_queue_init(&semaphore->waiters);
}

int semaphore_take(struct semaphore *semaphore, uint32_t ticks)
{
	uint32_t level = cpu_interrupts_disable();
	int result = 0;

	if (semaphore->count)
		semaphore->count--;
	else
		result = wait_in(&semaphore->waiters, ticks);
	cpu_interrupts_enable(level);
	return result;
}

void semaphore_give(struct semaphore *semaphore)
{
	uint32_t level = cpu_interrupts_disable();
	struct thread *waiter = wait_first(&semaphore->waiters);

	if (waiter)
		wait_end(waiter, 0);
	else
		semaphore->count++;
	sched_dispatch();
	cpu_interrupts_enable(level);
}
