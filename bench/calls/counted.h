/*
 * Instructions by callgrind: under valgrind, the calls of a function are written to a
 * file of their own; otherwise nothing happens. Depends on valgrind's headers.
 */
#ifndef BENCH_COUNTED_H
#define BENCH_COUNTED_H

#include <stdio.h>
#include <valgrind/callgrind.h>
#include "call_all.h"

#define COUNTS_INSTRUCTIONS (RUNNING_ON_VALGRIND != 0)

/* Everything from begin_count() to end_count() is one count. The text has no newline. */
static inline void begin_count(void)
{
	CALLGRIND_ZERO_STATS;
}

static inline void end_count(const char *name)
{
	CALLGRIND_DUMP_STATS_AT(name);
}

static inline void count_calls(const char *name, call_all *function, long times)
{
	begin_count();
	function(0, times);
	end_count(name);
}

/* Both sides of a pair, after calls that bind: `name|ours` and `name|peer`. */
static inline void count_pair(const struct bench_pair *pair, long times)
{
	char name[96];

	pair->ours(0, 1);
	pair->peer(0, 1);
	snprintf(name, sizeof(name), "%s|ours", pair->what);
	count_calls(name, pair->ours, times);
	snprintf(name, sizeof(name), "%s|peer", pair->what);
	count_calls(name, pair->peer, times);
}

#endif
