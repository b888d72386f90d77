/*
 * Waiting: for something, for a time, or for both. Who owns what others wait for inherits
 * their priority; that is where inheritance is done, for whatever can be owned.
 * All functions are called with interrupts closed.
 */
#ifndef RTOS_WAIT_H
#define RTOS_WAIT_H

#include <stdint.h>
#include "list.h"

#define WAIT_FOREVER UINT32_MAX

struct thread;

/* Threads that wait, the most urgent first, and equals in the order in which they came.
 */
struct wait_queue {
	struct list threads;
	struct thread *owner; /* inherits their priority; NULL: nobody */
	struct list owned;    /* in the owner's list */
};

/* What a thread waits for; a part of struct thread. */
struct wait {
	struct wait_queue *queue; /* NULL: just the time */
	struct list timeout;	  /* in the clock's list */
	uint32_t until;		  /* tick */
	void *message;		  /* to send, or room for one; queue.c's */
	int result;
};

void wait_queue_init(struct wait_queue *queue);

/* Makes `owner`, who is as urgent as all in it, inherit from `queue`; NULL: nobody owns
 * it any more. */
void wait_queue_own(struct wait_queue *queue, struct thread *owner);

/* Hands what is owned to the most urgent one that waits, or to nobody. The caller
 * dispatches. */
void wait_pass_on(struct wait_queue *queue);

/*
 * The thread that calls it waits in `queue` (NULL: in none), `ticks` at most. Returns
 * what wait_end() was given, or E_TIMEOUT; at once, if `ticks` is 0.
 */
int wait_in(struct wait_queue *queue, uint32_t ticks);

/* The most urgent one that waits, or NULL. */
struct thread *wait_first(const struct wait_queue *queue);

/* Ends the wait of a thread, with that result. The caller dispatches. */
void wait_end(struct thread *thread, int result);

/* Adds a thread that has come, or whose priority has changed, in its place. */
void wait_insert(struct thread *thread);

/* Recomputes what a thread inherits, and so on to whom it waits for. */
void wait_inherit(struct thread *thread);

#endif
