/*
 * Measures pairs in one process, with one timer, and prints a line per pair: its name,
 * our ticks, the peer's ticks, separated by tabs. Under valgrind, counts instructions
 * instead; with 0 repetitions, marks the calls for single steps. Depends on stdio,
 * counted.h and marked.h.
 */
#ifndef BENCH_PAIRS_H
#define BENCH_PAIRS_H

#include <inttypes.h>
#include <stdio.h>
#include "call_all.h"
#include "counted.h"
#include "marked.h"

/* The order of the two alternates, so that drift affects both alike. */
static inline void measure_pair(const struct bench_pair *pair, long times,
				long repetition)
{
	uint64_t first = ticks_of(repetition & 1 ? pair->peer : pair->ours, times);
	uint64_t second = ticks_of(repetition & 1 ? pair->ours : pair->peer, times);

	printf("%s\t%" PRIu64 "\t%" PRIu64 "\n", pair->what,
	       repetition & 1 ? second : first, repetition & 1 ? first : second);
}

/*
 * 100,000 additions that wait for each other, one cycle each, whatever `count` is. Both
 * operands are registers: some processors add constants at no cost when they rename.
 */
static inline int additions(int value, long count)
{
	count = 100;
	do
		__asm__ volatile(".rept 1000; add %1, %0; .endr" : "+r"(value) : "r"(1));
	while (--count);
	return value;
}

static const struct bench_pair equal_pair = { "equal : equal", additions, additions, 1 };

/* One pair after the other: other loops would use space of the branch predictor. */
static inline void measure_pairs(const struct bench_pair *pairs, size_t count, long times,
				 long repetitions)
{
	for (size_t i = 0; i < count; i++) {
		if (COUNTS_INSTRUCTIONS)
			count_pair(&pairs[i], times);
		else if (!repetitions)
			mark_pair(&pairs[i], times);
		for (long j = 0; j < repetitions && !COUNTS_INSTRUCTIONS; j++)
			measure_pair(&pairs[i], times / pairs[i].share, j);
	}
	fflush(stdout);
}

#endif
