/* Functions for the guest of bench/kvm.py: one that does nothing, and the clock. */
#ifndef BENCH_TRAPPED_H
#define BENCH_TRAPPED_H

#include <jumpslot/external_func.h>

EXTERNAL_FUNC(int, trapped_none)

/* Prints the nanoseconds since the last call, divided by `count`; nothing with 0. */
EXTERNAL_FUNC(void, trapped_time, long)

#endif
