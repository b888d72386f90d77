/*
 * Interrupt handlers. They run on the stack of the interrupted thread, with interrupts
 * disabled; threads that they make ready run when the outermost handler has returned.
 * Depends only on <stdbool.h>.
 */
#ifndef RTOS_INTERRUPT_H
#define RTOS_INTERRUPT_H

#include <stdbool.h>

/* Connect a handler to a vector, and disconnect it. Either drops what was raised before.
 * Return false if the vector does not exist, is in use already, or is not in use. From a
 * handler: yes. */
bool interrupt_connect(int vector, void (*handler)(int vector));
bool interrupt_disconnect(int vector);

/*
 * The processor's part calls this for each interrupt, with interrupts disabled, and then
 * sched_dispatch(). It acknowledges the interrupt: after the dispatch, the vector would
 * stay away until the interrupted thread runs again.
 */
void interrupt_handle(int vector);

#endif
