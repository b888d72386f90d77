/* Counting semaphores: the way from a handler to a thread. */
#ifndef RTOS_SEMAPHORE_H
#define RTOS_SEMAPHORE_H

#include "wait.h"

struct semaphore {
	uint32_t count;
	struct wait_queue waiters;
};

void semaphore_init(struct semaphore *semaphore, uint32_t count);

/* Takes one; waits `ticks` at most (WAIT_FOREVER; 0: not at all). Returns 0 or E_TIMEOUT.
 */
int semaphore_take(struct semaphore *semaphore, uint32_t ticks);

/* Gives one, to the most urgent thread that waits. From a handler: yes. */
void semaphore_give(struct semaphore *semaphore);

#endif
