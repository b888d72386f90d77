/*
 * The measurement of both sides: a function calls each function of names.h in a row,
 * `times` times (caller.c), and ticks_of() counts the ticks of the time stamp counter.
 */
#ifndef BENCH_CALL_ALL_H
#define BENCH_CALL_ALL_H

#include <stdint.h>

typedef int call_all(int value, long times);

struct bench_pair {
	const char *what;
	call_all *ours;
	call_all *peer;
	long share; /* divides the number of runs */
};

/* Keeps measured instructions between the two reads of the counter. */
static inline void fence(void)
{
	__asm__ volatile("lfence" ::: "memory");
}

static inline uint64_t ticks(void)
{
	uint64_t now;

	fence();
	now = __builtin_ia32_rdtsc();
	fence();
	return now;
}

static inline uint64_t ticks_of(call_all *function, long times)
{
	uint64_t start = ticks();

	function(0, times);
	return ticks() - start;
}

#endif
