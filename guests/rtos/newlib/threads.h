/* newlib in the kernel's threads: data per thread, and a lock for its memory.
 * Depends on nothing. */
#ifndef RTOS_NEWLIB_THREADS_H
#define RTOS_NEWLIB_THREADS_H

/* Before the first call of newlib. */
void newlib_init(void);

/* Each thread calls this before any newlib function. Uses the thread's `data`, and memory
 * that is never freed. Killing such a thread may leave newlib's memory inconsistent. */
void newlib_attach_thread(void);

#endif
