/* Calls between two INT3 instructions, for programs/count_cpuid.c to count. */
#ifndef BENCH_MARKED_H
#define BENCH_MARKED_H

#include "call_all.h"

static inline void mark_calls(call_all *function, long times)
{
	__asm__ volatile("int3" : : : "memory");
	function(0, times);
	__asm__ volatile("int3" : : : "memory");
}

/* Both sides of a pair, after calls that bind. */
static inline void mark_pair(const struct bench_pair *pair, long times)
{
	pair->ours(0, 1);
	pair->peer(0, 1);
	mark_calls(pair->ours, times);
	mark_calls(pair->peer, times);
}

#endif
