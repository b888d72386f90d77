/*
 * The functions that measure the gate: they do next to nothing, and each is there twice,
 * gated and direct. Of the names of names.h, NAME is gated and peer_NAME is direct.
 */
#ifndef BENCH_GATED_H
#define BENCH_GATED_H

#include <jumpslot/external_func.h>
#include <stddef.h>
#include "call_all.h"

/* Six words: passed by value, they are on the stack on both machines. */
struct bench_words {
	long word[6];
};

typedef int bench_function(int value);

EXTERNAL_FUNC(int, gated_none)
EXTERNAL_FUNC(int, direct_none)
EXTERNAL_FUNC(int, gated_int, int)
EXTERNAL_FUNC(int, blocking_int, int)
EXTERNAL_FUNC(int, direct_int, int)
EXTERNAL_FUNC(int, gated_words, struct bench_words)
EXTERNAL_FUNC(int, direct_words, struct bench_words)
EXTERNAL_FUNC_VARIADIC(int, gated_variadic, int)
EXTERNAL_FUNC_VARIADIC(int, direct_variadic, int)
/* Both are gated, and call the guest's function: as a callback, and as a plain call. */
EXTERNAL_FUNC(int, call_back, bench_function *)
EXTERNAL_FUNC(int, call_plainly, bench_function *)

#define NAME(func)                                                                       \
	EXTERNAL_FUNC(int, func, int)                                                    \
	EXTERNAL_FUNC(int, peer_##func, int)
#include "names.h"
#undef NAME

/* Measures the guest's loops, and prints pairs; the second does nothing else. */
EXTERNAL_FUNC(void, bench_gated, const struct bench_pair *, size_t)
EXTERNAL_FUNC(void, bench_pairs, const struct bench_pair *, size_t)

#endif
