/*
 * The thread control block: data alone, shared by the layers that work on threads
 * (sched, wait, thread). Each member says who changes it.
 * Depends only on list and timeout.
 */
#ifndef RTOS_TCB_H
#define RTOS_TCB_H

#include <stddef.h>
#include <stdint.h>
#include "list.h"
#include "timeout.h"

/* Priorities: 0 is the most urgent; the last one belongs to the idle thread. */
#define THREAD_PRIORITIES    32
#define THREAD_IDLE_PRIORITY (THREAD_PRIORITIES - 1)

/* Ticks that a thread runs before the other ready threads of its priority. */
#define THREAD_SLICE 2

enum thread_state { THREAD_ENDED, THREAD_READY, THREAD_WAITING };

/* Threads that wait, the most urgent first, equals in the order of arrival. */
struct wait_queue {
	struct list threads;
	struct thread *owner; /* inherits their priority; NULL: nobody does */
	struct list owned;    /* in the owner's list */
};

/* The wait of a thread. */
struct wait {
	struct wait_queue *queue; /* NULL: for the time only */
	struct timeout timeout;
	void *message; /* to send, or room for one; queue.c's */
	int result;
};

/* The application provides the memory and may read it; only `data` is its to change. */
struct thread {
	/* sched.c */
	void *sp; /* where its registers are while it does not run */
	enum thread_state state;
	unsigned priority; /* effective: with what it inherits */
	unsigned slice;	   /* ticks left of its time slice */
	uint32_t ticks;	   /* that it ran for */
	struct list link;  /* in the ready list of its priority, or in a wait queue */
	uint32_t *stack;
	size_t stack_size;

	/* wait.c */
	struct wait wait;
	struct list owned; /* wait queues that the thread owns */

	/* thread.c */
	const char *name;
	unsigned base_priority; /* its own */
	struct list all;	/* in the list of all threads */
	struct wait_queue joiners;
	void (*main)(void *argument);
	void *argument;

	void *data; /* the application's own */
};

#endif
