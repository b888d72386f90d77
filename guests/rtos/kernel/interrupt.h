/*
 * Handlers of interrupts. They run on the stack of the thread that was interrupted, with
 * interrupts closed; threads that they make ready run when the last of them has ended.
 */
#ifndef RTOS_INTERRUPT_H
#define RTOS_INTERRUPT_H

#include <stdbool.h>

/* Takes a vector into use, and out of it; what was raised before is dropped. False: there
 * is no such vector, or it is in use already, or is not. From a handler: yes. */
bool interrupt_connect(int vector, void (*handler)(int vector));
bool interrupt_disconnect(int vector);

/* Whether a handler is under way. */
bool interrupt_is_active(void);

/* What the processor's part calls for each interrupt, with interrupts closed, before it
 * dispatches. It is acknowledged by then: else the vector would stay away until the
 * thread that was interrupted runs again. */
void interrupt_handle(int vector);

#endif
