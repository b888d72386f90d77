/* Host functions that an interrupt may hit: one for each way to call them. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdint.h>
#include <jumpslot/external_func.h>

typedef int interrupts_callback(int);

/* Where there is no provider, guests start without these, and do not call them. */
#ifdef NO_PROVIDER
#define HOST_FUNC		EXTERNAL_FUNC_OPTIONAL
#define compute_on_guests_stack compute_gated
#else
#define HOST_FUNC EXTERNAL_FUNC
#endif

/* Sleep for some ns. Return 0 or a negative errno. */
HOST_FUNC(int, sleep_gated, uint64_t)
HOST_FUNC(int, sleep_blocking, uint64_t)
HOST_FUNC(int, poll_gated, uint64_t)
HOST_FUNC(int, poll_blocking, uint64_t)
/* Allocates, formats and writes that many times. Returns 0 if all results are right. */
HOST_FUNC(int, use_libc, int)
/* Run for some ns. Return by how much `*counter` changed meanwhile. */
HOST_FUNC(int, compute_gated, uint64_t, volatile unsigned *)
#ifndef NO_PROVIDER
EXTERNAL_FUNC_VARIADIC(int, compute_on_guests_stack, uint64_t, volatile unsigned *)
#endif
/* Waits in a direct function until `*counter` has that value. Returns 0, or -1 after 10
 * seconds. */
HOST_FUNC(int, wait_direct, volatile unsigned *, unsigned)
HOST_FUNC(int, add_direct, int, int)
HOST_FUNC(int, add_gated, int, int)
HOST_FUNC(int, call_gated, interrupts_callback *, int)
/* Starts a host thread that waits until `*go` is 1, receives the interrupts' signal as
 * any thread of a process may, and sets `*go` to 2. */
HOST_FUNC(int, start_thread_with_signal, volatile unsigned *)
/* The end of memory that does not belong to the guest, to use as a stack. */
HOST_FUNC(void *, hosts_memory)

#endif
