/*
 * Counting semaphores, by which a handler wakes a thread. Depends only on tcb and wait.
 */
#ifndef RTOS_SEMAPHORE_H
#define RTOS_SEMAPHORE_H

#include <stdint.h>
#include "tcb.h"
#include "wait.h"

struct semaphore {
	uint32_t count;
	struct wait_queue waiters;
};

void semaphore_init(struct semaphore *semaphore, uint32_t count);

/* Takes one; waits for at most `ticks` (WAIT_FOREVER; 0: not at all). Returns 0 or
 * E_TIMEOUT. */
int semaphore_take(struct semaphore *semaphore, uint32_t ticks);

/* Gives one, to the most urgent waiting thread if there is any. From a handler: yes. */
void semaphore_give(struct semaphore *semaphore);

#endif
