/*
 * What both sides measure: a function that calls `times` times each function of names.h
 * in a row (caller.c), and the ticks of the time stamp counter that it takes.
 */
#ifndef BENCH_CALL_ALL_H
#define BENCH_CALL_ALL_H

#include <stdint.h>

typedef int call_all(int value, long times);

/* The fences keep what is measured from leaking out on either side. */
static inline uint64_t ticks(void)
{
	uint64_t now;

	__builtin_ia32_lfence();
	now = __builtin_ia32_rdtsc();
	__builtin_ia32_lfence();
	return now;
}

static inline uint64_t ticks_of(call_all *function, long times)
{
	uint64_t start = ticks();

	function(0, times);
	return ticks() - start;
}

#endif
