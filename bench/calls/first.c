/*
 * Measures first calls: the same function for a guest, as its provider (PROVIDER),
 * and for its peer, as part of an ordinary shared library.
 */
#ifdef PROVIDER
#include <jumpslot/provider.h>
#endif
#include <inttypes.h>
#include <stdio.h>
#include "counted.h"
#include "first.h"
#ifdef PROVIDER
EF(bench_first)
JUMPSLOT_DIRECT(bench_first) /* it calls guest code with gated calls */
#endif

void bench_first(call_all *function)
{
	uint64_t taken;

	begin_count();
	taken = ticks_of(function, 1);
	end_count("first");
	printf("%" PRIu64 "\n", taken);
	fflush(stdout);
}
