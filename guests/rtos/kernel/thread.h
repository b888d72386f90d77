/*
 * Threads, and who runs: always the most urgent one that is ready; among equals each for
 * a time slice in turn.
 */
#ifndef RTOS_THREAD_H
#define RTOS_THREAD_H

#include <stdint.h>
#include "list.h"
#include "wait.h"

/* Priorities: 0 is the most urgent, and the last one the idle thread's alone. */
#define THREAD_PRIORITIES    32
#define THREAD_IDLE_PRIORITY (THREAD_PRIORITIES - 1)
/* Ticks that a thread has before others of its priority. */
#define THREAD_SLICE 2
/* Bytes: interrupts' frames, with all vector registers, and some calls. */
#define THREAD_MIN_STACK 16384

enum thread_state { THREAD_ENDED, THREAD_READY, THREAD_WAITING };

/* The caller's memory. Others may look at it; `data` alone is theirs to change. */
struct thread {
	void *sp; /* where its registers are, while it does not run */
	const char *name;
	enum thread_state state;
	unsigned priority;	/* with what it inherits */
	unsigned base_priority; /* its own */
	unsigned slice;		/* ticks that are left of it */
	uint32_t ticks;		/* that it ran for */
	struct list link;  /* in the ready list of its priority, or in a wait queue */
	struct list all;   /* in the list of all */
	struct list owned; /* wait queues of what it owns */
	struct wait wait;  /* what it waits for */
	struct wait_queue joiners;
	void (*main)(void *argument);
	void *argument;
	uint32_t *stack;
	size_t stack_size;
	void *data; /* the application's own */
};

/*
 * Starts a thread in memory of the caller's, which stays in use until it has ended (and,
 * for the one that was interrupted, until the handler has). `priority`: less than
 * THREAD_IDLE_PRIORITY. `stack`: aligned to 16, `size` at least THREAD_MIN_STACK and a
 * multiple of 16. Anything else is a panic. From a handler: yes.
 */
void thread_create(struct thread *thread, const char *name, unsigned priority,
		   void (*main)(void *), void *argument, void *stack, size_t size);

/* Ends the thread that calls it. What it owned goes to who waits for it. */
__attribute__((__noreturn__)) void thread_exit(void);

/* Ends any thread but the idle one, wherever it is; one that has ended stays so. What it
 * owned goes to who waits for it; what it took from semaphores stays taken. From a
 * handler: yes. */
void thread_kill(struct thread *thread);

/* Waits until the thread has ended: 0, E_TIMEOUT after so many ticks, or E_DEADLOCK for
 * the one that calls it. */
int thread_join(struct thread *thread, uint32_t ticks);

/* Changes a thread's own priority, to less than THREAD_IDLE_PRIORITY; it keeps what it
 * inherits. From a handler: yes. */
void thread_set_priority(struct thread *thread, unsigned priority);

/* Lets the others of the same priority run first. */
void thread_yield(void);

/* The one that runs, or was interrupted. */
struct thread *thread_self(void);

/* The next thread behind `thread`, or the first (NULL); NULL at the end. With interrupts
 * closed. */
struct thread *thread_next(const struct thread *thread);

/* Called with the thread that is to run next, interrupts closed. NULL: nothing to do. */
extern void (*thread_switch_hook)(struct thread *next);

/* The kernel's own, all with interrupts closed. */

/* Before the first thread is created. */
void thread_init(void);
/* The first dispatch, from the stack that the machine was entered with. */
__attribute__((__noreturn__)) void thread_start_first(void);
/* Runs who is to run. In a handler nothing happens: its end does it. */
void thread_dispatch(void);
/* Makes a thread ready, or no longer so. */
void thread_make_ready(struct thread *thread);
void thread_make_waiting(struct thread *thread);
/* Changes the priority that counts, wherever the thread is listed. */
void thread_move(struct thread *thread, unsigned priority);
/* A tick has passed for who runs, or was ended since by a handler. */
void thread_tick(void);

#endif
