/* The functions that measure how late a periodic clock interrupts. */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include <jumpslot/external_func.h>
#include <stddef.h>
#include <stdint.h>

/* The period in ns, and the number of periods, from the provider's options. */
EXTERNAL_FUNC(uint64_t, latency_period)
EXTERNAL_FUNC(uint64_t, latency_count)
/* Prints each latency in ns. */
EXTERNAL_FUNC(void, latency_print, const uint64_t *, size_t)

#endif
