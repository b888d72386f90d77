/*
 * Measures bound calls, as the provider of bound_guest.c: guest and peers in one
 * process, with one timer, calling the same functions at the same addresses.
 * Prints a line a measurement: what, ticks of ours, ticks of the peer.
 */
#include <jumpslot/provider.h>
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "bound.h"
EF(bench_bound)

call_all call_direct;

static call_all *call_by_plt;
static long repetitions, times;

/* Options: PEER.so,REPETITIONS,TIMES. The peer is bound lazily, in its own way. */
int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	char peer[4096];
	void *library;

	if (sscanf(options, "%4095[^,],%ld,%ld", peer, &repetitions, &times) != 3) {
		snprintf(message, size, "options are PEER.so,REPETITIONS,TIMES");
		return -EINVAL;
	}
	library = dlopen(peer, RTLD_LAZY | RTLD_LOCAL);
	if (library)
		*(void **)&call_by_plt = dlsym(library, "call_by_plt");
	if (!call_by_plt) {
		snprintf(message, size, "%s", dlerror());
		return -ELIBBAD;
	}
	return 0;
}

/* Which of the two goes first alternates: what drifts then hits both alike. */
static void measure_pair(const char *what, call_all *ours, call_all *peer,
			 long repetition)
{
	uint64_t first = ticks_of(repetition & 1 ? peer : ours, times);
	uint64_t second = ticks_of(repetition & 1 ? ours : peer, times);

	printf("%s %" PRIu64 " %" PRIu64 "\n", what,
	       repetition & 1 ? second : first, repetition & 1 ? first : second);
}

/* 100,000 additions that wait for each other: a cycle each, whatever the count. */
static int additions(int value, long count)
{
	count = 100;
	do
		__asm__ volatile(".rept 1000; add $1, %0; .endr" : "+r"(value));
	while (--count);
	return value;
}

void bench_bound(call_all *by_stub, call_all *by_slot)
{
	ticks_of(by_stub, 1); /* binds */
	ticks_of(call_by_plt, 1);
	for (long i = 0; i < repetitions; i++) {
		measure_pair("stub/plt", by_stub, call_by_plt, i);
		measure_pair("inline/direct", by_slot, call_direct, i);
		measure_pair("add/add", additions, additions, i);
	}
	fflush(stdout);
}
