/*
 * Mutexes with priority inheritance: the owner inherits the priority of the threads that
 * wait for it, through any chain of owners, so that no thread of a priority in between
 * delays them. It loses the inherited priority as soon as the reason is gone, and then
 * comes last among the threads of its own priority.
 * Depends only on tcb and wait.
 */
#ifndef RTOS_MUTEX_H
#define RTOS_MUTEX_H

#include "tcb.h"
#include "wait.h"

struct mutex {
	struct wait_queue waiters; /* the owner of the queue owns the mutex */
};

void mutex_init(struct mutex *mutex);

/*
 * Waits for at most `ticks` (WAIT_FOREVER; 0: not at all). Returns 0, E_TIMEOUT, or
 * E_DEADLOCK if the caller would wait for itself. Not recursive. From a handler: no.
 */
int mutex_lock(struct mutex *mutex, uint32_t ticks);

/* Passes the mutex to the most urgent waiting thread. Returns 0, or E_OWNER. */
int mutex_unlock(struct mutex *mutex);

#endif
