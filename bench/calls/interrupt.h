/* What interrupts are measured with. The provider stands for a source, and for the peer.
 */
#ifndef BENCH_INTERRUPT_H
#define BENCH_INTERRUPT_H

#include <jumpslot/external_func.h>
#include <stddef.h>
#include <stdint.h>
#include "call_all.h"

#define BENCH_VECTOR 20

/* As any source does: makes the vector pending, and sends the interrupts' signal. */
EXTERNAL_FUNC(void, raise_interrupt, volatile uint64_t *)
/* The peer: sends a signal whose handler is empty. */
EXTERNAL_FUNC(void, raise_signal)

/* Processor time of this process, ns. */
EXTERNAL_FUNC(uint64_t, processor_time)
/* The peer: a timer and sigsuspend(), so many periods of so many ns. */
EXTERNAL_FUNC(void, idle_bare, int, uint64_t)

/* Measures loops of the guest's, and prints pairs. */
EXTERNAL_FUNC(void, bench_interrupts, const struct bench_pair *, size_t)
/* Prints one pair: processor times of an idle guest, and of its peer. */
EXTERNAL_FUNC(void, print_idle, uint64_t, uint64_t)

#endif
