/*
 * Faults of threads. One that faults is ended, and said so; the others go on. A fault
 * with interrupts closed is the kernel's, or a handler's, and ends everything, and so
 * does one of the idle thread's.
 */
#ifndef RTOS_FAULT_H
#define RTOS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the processor's part calls with interrupts closed; `what`: in a few words, stays.
 * `closed`: whether they were. Returns true if the thread that runs is to
 * continue, interrupts closed, in fault_end_thread(), on the stack `*sp`.
 */
bool fault_is_of_thread(const char *what, bool closed, uintptr_t *sp);
__attribute__((__noreturn__)) void fault_end_thread(void);

#endif
