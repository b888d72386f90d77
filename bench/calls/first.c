/*
 * Measures first calls: the same function for a guest, as its provider (PROVIDER),
 * and for its peer, as part of an ordinary shared library.
 */
#ifdef PROVIDER
#include <jumpslot/provider.h>
#endif
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "counted.h"
#include "first.h"
#ifdef PROVIDER
EF(bench_first)
JUMPSLOT_DIRECT(bench_first) /* it calls guest code with gated calls */
#endif

#define LINE	64
#define LARGEST (96 << 20) /* no processor's cache is as large for one core */

/* Fills the caches with other memory, for both sides. */
static void leave_caches(void)
{
	char *memory = calloc(1, LARGEST);

	if (!memory)
		abort();
	for (int round = 0; round < 2; round++)
		for (size_t at = 0; at < LARGEST; at += LINE)
			((volatile char *)memory)[at]++;
	free(memory);
}

void bench_first(call_all *function)
{
	uint64_t taken;

	if (getenv("BENCH_COLD"))
		leave_caches();
	begin_count();
	taken = ticks_of(function, 1);
	end_count("first");
	printf("%" PRIu64 "\n", taken);
	fflush(stdout);
}
