/* Host functions in which an interrupt may find the guest, one for each way to be there.
 */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdint.h>
#include <jumpslot/external_func.h>

typedef int interrupts_callback(int);

/* Sleep that long; 0, or the negative errno. */
EXTERNAL_FUNC(int, sleep_gated, uint64_t)
EXTERNAL_FUNC(int, sleep_blocking, uint64_t)
EXTERNAL_FUNC(int, poll_gated, uint64_t)
EXTERNAL_FUNC(int, poll_blocking, uint64_t)
/* Allocates, formats and writes so many times; 0 if nothing was wrong with it. */
EXTERNAL_FUNC(int, use_libc, int)
/* Run for so long; the difference that it made to `*counter`. */
EXTERNAL_FUNC(int, compute_gated, uint64_t, volatile unsigned *)
EXTERNAL_FUNC_VARIADIC(int, compute_on_guests_stack, uint64_t, volatile unsigned *)
/* Waits in a direct function until `*counter` is that large; 0, or -1 after 10 seconds.
 */
EXTERNAL_FUNC(int, wait_direct, volatile unsigned *, unsigned)
EXTERNAL_FUNC(int, add_direct, int, int)
EXTERNAL_FUNC(int, add_gated, int, int)
EXTERNAL_FUNC(int, call_gated, interrupts_callback *, int)
/* Starts a thread of the host's that waits until `*go` is 1, takes the interrupts' signal
 * as a process may get it, and sets `*go` to 2. */
EXTERNAL_FUNC(int, start_thread_with_signal, volatile unsigned *)
/* The end of memory that is not the guest's, to be used as a stack. */
EXTERNAL_FUNC(void *, hosts_memory)

#endif
