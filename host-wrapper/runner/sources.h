/*
 * Interrupts from outside: a thread of the host's that sleeps until something comes in by
 * one of the guest's lines or by its console, and raises the vector. It is started if the
 * plan has lines, or the guest names _BSP_Virtual_Console_init().
 */
#ifndef JUMPSLOT_SOURCES_H
#define JUMPSLOT_SOURCES_H

#include "common/message.h"
#include "common/plan.h"

/*
 * After vcpu_start(): gives the guest its lines, and starts the thread if it is needed.
 * `console`: the descriptor of its input, -1: none. Returns 0 or a negative errno.
 */
int sources_start(const struct plan *plan, int console, struct message *message);

/* Has vector 1 raised once, as soon as there is input. Async-signal-safe; changes errno.
 */
void sources_watch_console(void);

#endif
