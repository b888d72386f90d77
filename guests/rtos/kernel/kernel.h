/*
 * The start of the kernel, and the application that is linked to it.
 *
 * Unless their headers say otherwise, the kernel's functions are for threads with
 * interrupts enabled. The caller needs no lock. Depends only on panic.
 */
#ifndef RTOS_KERNEL_H
#define RTOS_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include "panic.h"

/* Each application defines this once. */
struct application {
	const char *name;
	uint32_t clock_rate;  /* ticks per second, CLOCK_RATE_MIN to CLOCK_RATE_MAX */
	void (*main)(void *); /* its first thread; when it ends, the others go on */
	unsigned priority;
	void *stack;
	size_t stack_size;
};
extern const struct application application;

/* The processor's part calls this, with interrupts disabled, on the initial stack. */
__attribute__((__noreturn__)) void kernel_start(void);

#endif
