/* The function that the first-call programs need of their library. Guests define GUEST,
 * providers PROVIDER, ordinary programs and libraries neither. */
#ifndef BENCH_FIRST_H
#define BENCH_FIRST_H

#include "call_all.h"

/* Calls `function` once, for the first time, and prints the ticks. */
#if defined(GUEST) || defined(PROVIDER)
#include <jumpslot/external_func.h>
EXTERNAL_FUNC(void, bench_first, call_all *)
#else
void bench_first(call_all *function);
#endif

#endif
