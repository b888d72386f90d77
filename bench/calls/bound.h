/* The function that the bound-call guest needs of its provider. */
#ifndef BENCH_BOUND_H
#define BENCH_BOUND_H

#include <jumpslot/external_func.h>
#include "call_all.h"

/* Measures both ways to call against their peers, and prints pairs. */
EXTERNAL_FUNC(void, bench_bound, call_all *, call_all *)

#endif
