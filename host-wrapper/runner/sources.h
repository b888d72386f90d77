/*
 * Interrupts from outside: a host thread that sleeps until one of the guest's lines or
 * its console has input, and raises the vector. It runs if the plan has lines, or the
 * guest imports _BSP_Virtual_Console_init().
 */
#ifndef JUMPSLOT_SOURCES_H
#define JUMPSLOT_SOURCES_H

#include "common/message.h"
#include "common/plan.h"

/*
 * Gives the guest its lines, and starts the thread if it is needed. After
 * host_start_interrupts(). `console`: the descriptor of the guest's input, -1: none.
 * `*wake` becomes the descriptor that wakes the thread, -1: none. Returns 0 or a negative
 * errno.
 */
int sources_start(const struct plan *plan, int console, int *wake,
		  struct message *message);

/* The system calls of the next function, for JUMPSLOT_SYSCALLS. */
#define SOURCES_NEEDS_WATCH                                                              \
	JUMPSLOT_ALLOW_IF("write", JUMPSLOT_ARG_IS(0, JUMPSLOT_CHECK_WAKE))

/* Raises vector 1 once, as soon as the console has input. Async-signal-safe; changes
 * errno. */
void sources_watch_console(void);

#endif
