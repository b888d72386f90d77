/* newlib in the kernel's threads: its data of each thread, and its memory for all. */
#ifndef RTOS_NEWLIB_THREADS_H
#define RTOS_NEWLIB_THREADS_H

/* Before the first call of newlib. */
void newlib_init(void);

/* To be called by each thread that calls newlib, first; it takes the thread's `data`, and
 * memory that stays in use. Who ends such a thread may leave newlib's memory half
 * changed. */
void newlib_attach_thread(void);

#endif
