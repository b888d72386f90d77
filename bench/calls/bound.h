/* What the bound-call guest wants of its provider. */
#ifndef BENCH_BOUND_H
#define BENCH_BOUND_H

#include <jumpslot/external_func.h>
#include "call_all.h"

/* Measures both ways of a guest's calls against their peers, and prints pairs. */
EXTERNAL_FUNC(void, bench_bound, call_all *, call_all *)

#endif
