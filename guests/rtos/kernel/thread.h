/*
 * Threads, for applications. The most urgent ready thread always runs; equals take turns,
 * a time slice each. Depends only on tcb and wait.
 */
#ifndef RTOS_THREAD_H
#define RTOS_THREAD_H

#include <stddef.h>
#include <stdint.h>
#include "tcb.h"
#include "wait.h"

/* Bytes: room for two interrupt frames, with all vector registers, and for calls. */
#define THREAD_MIN_STACK 16384

/*
 * Starts a thread in the caller's memory, which stays in use until the thread has ended
 * (for the interrupted thread: until the handler has returned). `priority`: less than
 * THREAD_IDLE_PRIORITY. `stack`: aligned to 16; `size`: at least THREAD_MIN_STACK and a
 * multiple of 16. Panics for any other value. From a handler: yes.
 */
void thread_create(struct thread *thread, const char *name, unsigned priority,
		   void (*main)(void *), void *argument, void *stack, size_t size);

/* Ends the calling thread. Its mutexes pass to the threads that wait for them. */
__attribute__((__noreturn__)) void thread_exit(void);

/*
 * Ends any thread but the idle one, wherever it is; has no effect on a thread that has
 * ended. Its mutexes pass to the threads that wait for them; semaphores that it took
 * stay taken. From a handler: yes.
 */
void thread_kill(struct thread *thread);

/* Waits until the thread has ended. Returns 0, E_TIMEOUT after `ticks`, or E_DEADLOCK if
 * `thread` is the caller. */
int thread_join(struct thread *thread, uint32_t ticks);

/* Sets the own priority of a thread, less than THREAD_IDLE_PRIORITY; inherited priority
 * stays. From a handler: yes. */
void thread_set_priority(struct thread *thread, unsigned priority);

/* Lets the other ready threads of the same priority run first. */
void thread_yield(void);

/* The thread that runs or was interrupted. */
struct thread *thread_self(void);

/* The thread after `thread`, or the first one (NULL); NULL at the end. With interrupts
 * disabled. */
struct thread *thread_next(const struct thread *thread);

#endif
