/*
 * Waiting for something, for a time, or for both. The owner of something that others wait
 * for inherits their priority; wait.c does so for everything that can be owned.
 * All functions are called with interrupts disabled. Depends only on tcb.
 */
#ifndef RTOS_WAIT_H
#define RTOS_WAIT_H

#include <stdint.h>
#include "tcb.h"

#define WAIT_FOREVER UINT32_MAX

void wait_queue_init(struct wait_queue *queue);

/* Makes `owner` inherit from `queue`; NULL: nobody owns it any longer. No waiting thread
 * may be more urgent than `owner`. */
void wait_queue_own(struct wait_queue *queue, struct thread *owner);

/* Gives the ownership to the most urgent waiting thread and ends its wait; without one,
 * nobody owns the queue. The caller dispatches. */
void wait_pass_on(struct wait_queue *queue);

/*
 * Makes the calling thread wait in `queue` (NULL: for the time only) for at most `ticks`.
 * Returns the result given to wait_end(), or E_TIMEOUT; at once if `ticks` is 0.
 */
int wait_in(struct wait_queue *queue, uint32_t ticks);

/* The most urgent waiting thread, or NULL. */
struct thread *wait_first(const struct wait_queue *queue);

/* Ends the wait of a thread, with that result. The caller dispatches. */
void wait_end(struct thread *thread, int result);

/* Recomputes the effective priority of a thread, and of the owners in its chain. */
void wait_inherit(struct thread *thread);

#endif
