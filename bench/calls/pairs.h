/*
 * Measures a pair in one process, with one timer, and prints a line a pair: what it is,
 * ticks of ours, ticks of the peer, with tabs between. Depends on stdio.
 */
#ifndef BENCH_PAIRS_H
#define BENCH_PAIRS_H

#include <inttypes.h>
#include <stdio.h>
#include "call_all.h"

/* Which of the two goes first alternates: what drifts then hits both alike. */
static inline void measure_pair(const struct bench_pair *pair, long times,
				long repetition)
{
	uint64_t first = ticks_of(repetition & 1 ? pair->peer : pair->ours, times);
	uint64_t second = ticks_of(repetition & 1 ? pair->ours : pair->peer, times);

	printf("%s\t%" PRIu64 "\t%" PRIu64 "\n", pair->what,
	       repetition & 1 ? second : first, repetition & 1 ? first : second);
}

/*
 * 100,000 additions that wait for each other: a cycle each, whatever the count. Of two
 * registers: some processors add constants before they execute anything, in no time.
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

/* Pair after pair: branches of other loops would take room in the processor's memory. */
static inline void measure_pairs(const struct bench_pair *pairs, size_t count, long times,
				 long repetitions)
{
	for (size_t i = 0; i < count; i++)
		for (long j = 0; j < repetitions; j++)
			measure_pair(&pairs[i], times / pairs[i].share, j);
	fflush(stdout);
}

#endif
