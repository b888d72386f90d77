/*
 * A kernel of a few functions, by the rules that FreeRTOS documents for its own: tasks
 * with priorities and time slices, delays, a suspended scheduler, a check of stacks. The
 * port under test does the rest. Depends on task.h.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "task.h"

#define TASKS	    8
#define STACK_WORDS 4096

struct task {
	StackType_t *volatile top; /* first, as the port knows it */
	StackType_t *stack;
	unsigned priority;
	volatile TickType_t wakes; /* at this tick, if it sleeps */
	volatile int sleeps;
};

extern struct task *volatile pxCurrentTCB;
extern volatile TickType_t tick_count, pended_ticks;
extern volatile unsigned switches;	 /* calls of vTaskSwitchContext() */
extern volatile unsigned time_slicing;	 /* whether a tick switches equal tasks */
extern struct task *volatile overflowed; /* found by the check of stacks */
extern volatile unsigned suspended;	 /* the scheduler */

/* Called by the idle task, if set: before it sleeps, with the scheduler suspended; and in
 * eTaskConfirmSleepModeStatus(), with interrupts disabled too. */
extern void (*before_sleep)(void), (*on_confirm)(void);
extern volatile unsigned sleeps; /* calls of vTaskStepTick() */

/* Creates a task that is ready to run. */
struct task *task_create(TaskFunction_t code, void *parameters, unsigned priority);

/* Creates the idle task, which runs without ticks, and starts the scheduler. */
void kernel_run(void);

/* Sleeps for that many ticks. */
void task_delay(TickType_t ticks);

/* Makes a task that sleeps ready, from a handler. Returns whether to switch. */
BaseType_t task_wake_from_isr(struct task *task);

#endif
