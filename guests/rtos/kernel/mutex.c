/* See mutex.h. Depends only on cpu, error, sched, tcb and wait. */
#include <stdbool.h>

#include "cpu.h"
#include "error.h"
#include "mutex.h"
#include "sched.h"

void mutex_init(struct mutex *mutex)
{
	wait_queue_init(&mutex->waiters);
}

/* Whether `owner` is `self`, or waits for it, directly or through other owners. */
static bool waits_for(const struct thread *owner, const struct thread *self)
{
	while (owner && owner != self)
		owner = owner->wait.queue ? owner->wait.queue->owner : NULL;
	return owner;
}

static int lock(struct mutex *mutex, uint32_t ticks)
{
	struct thread *self = sched_current();

	if (!mutex->waiters.owner) {
		wait_queue_own(&mutex->waiters, self);
		return 0;
	}
	if (waits_for(mutex->waiters.owner, self))
		return E_DEADLOCK;
	return wait_in(&mutex->waiters, ticks);
}

int mutex_lock(struct mutex *mutex, uint32_t ticks)
{
	uint32_t level = cpu_interrupts_disable();
	int result = lock(mutex, ticks);

	cpu_interrupts_enable(level);
	return result;
}

int mutex_unlock(struct mutex *mutex)
{
	uint32_t level = cpu_interrupts_disable();
	int result = mutex->waiters.owner == sched_current() ? 0 : E_OWNER;

	if (!result) {
		wait_pass_on(&mutex->waiters);
		sched_dispatch();
	}
	cpu_interrupts_enable(level);
	return result;
}
