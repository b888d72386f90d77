/* Host functions that an interrupt may hit: one for each way to call them. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdint.h>
#include <jumpslot/external_func.h>

typedef int interrupts_callback(int);

/* Sleep for some ns. Return 0 or a negative errno. */
EXTERNAL_FUNC(int, sleep_gated, uint64_t)
EXTERNAL_FUNC(int, sleep_blocking, uint64_t)
EXTERNAL_FUNC(int, poll_gated, uint64_t)
EXTERNAL_FUNC(int, poll_blocking, uint64_t)
/* Allocates, formats and writes that many times. Returns 0 if all results are right. */
EXTERNAL_FUNC(int, use_libc, int)
/* Run for some ns. Return by how much `*counter` changed meanwhile. */
EXTERNAL_FUNC(int, compute_gated, uint64_t, volatile unsigned *)
EXTERNAL_FUNC_VARIADIC(int, compute_on_guests_stack, uint64_t, volatile unsigned *)
/* Waits in a direct function until `*counter` has that value. Returns 0, or -1 after 10
 * seconds. */
EXTERNAL_FUNC(int, wait_direct, volatile unsigned *, unsigned)
EXTERNAL_FUNC(int, add_direct, int, int)
EXTERNAL_FUNC(int, add_gated, int, int)
EXTERNAL_FUNC(int, call_gated, interrupts_callback *, int)
/* Starts a host thread that waits until `*go` is 1, receives the interrupts' signal as
 * any thread of a process may, and sets `*go` to 2. */
EXTERNAL_FUNC(int, start_thread_with_signal, volatile unsigned *)
/* The end of memory that does not belong to the guest, to use as a stack. */
EXTERNAL_FUNC(void *, hosts_memory)

#endif
