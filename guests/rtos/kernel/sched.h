/*
 * The scheduler: always runs the most urgent ready thread; equals take turns, a time
 * slice each. For the kernel's own parts; applications use thread.h.
 * All functions are called with interrupts disabled, unless they say otherwise.
 * Depends only on tcb.
 */
#ifndef RTOS_SCHED_H
#define RTOS_SCHED_H

#include <stdbool.h>
#include "tcb.h"

/* Before the first thread is made ready. */
void sched_init(void);

/* Sets up the stack of a new thread, so that the first switch to it calls `begin`, with
 * interrupts disabled. Needs `stack` and `stack_size`. */
void sched_prepare(struct thread *thread, void (*begin)(void));

/* Puts a thread into the ready list, or takes it out, with its new state. */
void sched_make_ready(struct thread *thread);
void sched_make_unready(struct thread *thread, enum thread_state state);

/* Changes the effective priority of a thread that is ready. */
void sched_set_priority(struct thread *thread, unsigned priority);

/* Puts the running thread after all others of its priority. */
void sched_rotate(void);

/* Charges a tick to the running thread. */
void sched_tick(void);

/* Runs the most urgent thread. Does nothing in a handler: the processor's part calls it
 * again at the end of the interrupt. */
void sched_dispatch(void);

/* The first dispatch, from the stack that the machine started on. */
__attribute__((__noreturn__)) void sched_start(void);

/* The thread that runs or was interrupted; NULL before the first dispatch. With
 * interrupts enabled or disabled. */
struct thread *sched_current(void);

/* Brackets around each handler; they nest. */
void sched_enter_interrupt(void);
void sched_leave_interrupt(void);
bool sched_is_in_interrupt(void);

/* Called at each switch with the next thread. NULL: no hook. */
extern void (*sched_switch_hook)(struct thread *next);

#endif
