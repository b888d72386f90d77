/* The functions that measure interrupts. The provider acts as a source, and as the peer.
 */
#ifndef BENCH_INTERRUPT_H
#define BENCH_INTERRUPT_H

#include <jumpslot/external_func.h>
#include <stddef.h>
#include <stdint.h>
#include "call_all.h"

#define BENCH_VECTOR 20

/* Makes the vector pending and sends the interrupt signal, as any source does. */
EXTERNAL_FUNC(void, raise_interrupt, volatile uint64_t *)
/* The peer: sends a signal whose handler is empty. */
EXTERNAL_FUNC(void, raise_signal)

/* Processor time of this process, in ns. */
EXTERNAL_FUNC(uint64_t, processor_time)
/* The peer: a timer and sigsuspend(), for `periods` periods of `period_ns`. */
EXTERNAL_FUNC(void, idle_bare, int, uint64_t)

/* Measures the guest's loops, and prints pairs. */
EXTERNAL_FUNC(void, bench_interrupts, const struct bench_pair *, size_t)
/* Prints one pair: processor times of an idle guest and of its peer. */
EXTERNAL_FUNC(void, print_idle, uint64_t, uint64_t)

#endif
