/*
 * Faults. A thread that faults is ended, with a message; the others go on. A fault with
 * interrupts disabled, or of the idle thread, belongs to the kernel or to a handler, and
 * stops the machine.
 * Depends only on the compiler's own headers.
 */
#ifndef RTOS_FAULT_H
#define RTOS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The processor's part calls this with interrupts disabled. `what`: the kind of fault, a
 * string that stays valid. `closed`: whether interrupts were disabled at the fault.
 * Returns true if the running thread is to continue in fault_end_thread(), on the stack
 * `*sp`, with interrupts disabled.
 */
bool fault_is_of_thread(const char *what, bool closed, uintptr_t *sp);
__attribute__((__noreturn__)) void fault_end_thread(void);

#endif
