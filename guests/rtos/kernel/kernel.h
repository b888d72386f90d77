/*
 * The kernel's start and end, and the application that is linked to it.
 *
 * The functions of kernel/ are for threads with interrupts open, and for handlers where
 * their headers say so. None needs a lock of the caller's.
 */
#ifndef RTOS_KERNEL_H
#define RTOS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* What an application defines, once. */
struct application {
	const char *name;
	uint32_t clock_rate;  /* ticks a second, CLOCK_RATE_MIN to CLOCK_RATE_MAX */
	void (*main)(void *); /* its first thread, whose end ends nothing else */
	unsigned priority;
	void *stack;
	size_t stack_size;
};
extern const struct application application;

/* Called by the processor's part, with interrupts closed, on the stack of the start. */
__attribute__((__noreturn__)) void kernel_start(void);

/* Ends everything, with that status (0 to 127). From a handler: yes. */
__attribute__((__noreturn__)) void kernel_stop(int status);

/* Says what the kernel cannot go on with, and stops with status 70. `format` as
 * print()'s. */
__attribute__((__noreturn__, __format__(__printf__, 1, 2))) void
kernel_panic(const char *format, ...);

#endif
