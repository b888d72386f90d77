/*
 * What both sides measure: a function that calls `times` times each function of names.h
 * in a row (caller.c), and the ticks of the time stamp counter that it takes.
 */
#ifndef BENCH_CALL_ALL_H
#define BENCH_CALL_ALL_H

#include <stdint.h>

typedef int call_all(int value, long times);

struct bench_pair {
	const char *what;
	call_all *ours;
	call_all *peer;
	long share; /* runs one in so many of the times that are asked for */
};

/* Keeps what is measured from leaking out on either side. */
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
