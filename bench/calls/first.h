/* What the first-call programs want of their library: a guest or a provider says
   so by GUEST or PROVIDER, ordinary program and library by neither. */
#ifndef BENCH_FIRST_H
#define BENCH_FIRST_H

#include "call_all.h"

/* Calls `function`, which was never called before, once, and prints the ticks. */
#if defined(GUEST) || defined(PROVIDER)
#include <jumpslot/external_func.h>
EXTERNAL_FUNC(void, bench_first, call_all *)
#else
void bench_first(call_all *function);
#endif

#endif
