/*
 * Mutexes: semaphores with an owner, who inherits the priority of those who wait, so that
 * nobody in between holds them up. Through any chain of owners, and given back as soon
 * as the reason is gone; who gives it back comes last among the equals of his own.
 */
#ifndef RTOS_MUTEX_H
#define RTOS_MUTEX_H

#include "wait.h"

struct mutex {
	struct wait_queue waiters; /* its owner is the mutex's */
};

void mutex_init(struct mutex *mutex);

/*
 * Waits `ticks` at most (WAIT_FOREVER; 0: not at all). Returns 0, E_TIMEOUT, or
 * E_DEADLOCK if it would be waiting for itself. Not recursive. From a handler: no.
 */
int mutex_lock(struct mutex *mutex, uint32_t ticks);

/* Hands it to the most urgent thread that waits. Returns 0, or E_OWNER. */
int mutex_unlock(struct mutex *mutex);

#endif
