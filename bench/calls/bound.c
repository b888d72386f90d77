/*
 * The provider of bound_guest.c, which measures bound calls: guest and peers are in one
 * process and call the same functions at the same addresses. bench_bound() is direct, so
 * that the guest's loops run on the guest's stack, as its own calls do.
 */
#include <jumpslot/provider.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include "bound.h"
#include "pairs.h"
EF(bench_bound)
JUMPSLOT_DIRECT(bench_bound)

call_all call_direct, call_by_pointer;

static call_all *call_by_plt, *call_by_got;
static long repetitions, times;

/* Loads a peer of `folder`, lazily bound if it has a PLT. Its function, or NULL. */
static call_all *open_peer(const char *folder, const char *library, const char *function)
{
	char path[4200];
	void *handle;

	snprintf(path, sizeof(path), "%s/%s", folder, library);
	handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	return handle ? (call_all *)dlsym(handle, function) : NULL;
}

/* Options: REPETITIONS,TIMES, and the FOLDER of peers that are to run in this process. */
int jumpslot_provider_init(const char *options, char *message, size_t size)
{
	char folder[4096];
	int count = sscanf(options, "%ld,%ld,%4095s", &repetitions, &times, folder);

	if (count == 2)
		return 0;
	if (count == 3) {
		call_by_plt = open_peer(folder, "bound-plt.so", "call_by_plt");
		if (call_by_plt)
			call_by_got = open_peer(folder, "bound-got.so", "call_by_got");
		if (call_by_got)
			return 0;
		snprintf(message, size, "%s", dlerror());
		return -ELIBBAD;
	}
	snprintf(message, size, "options are REPETITIONS,TIMES[,FOLDER]");
	return -EINVAL;
}

static void measure_beside_peers(call_all *by_stub, call_all *by_slot)
{
	const struct bench_pair pairs[] = {
		{ "stub : PLT", by_stub, call_by_plt, 1 },
		{ "inline : direct", by_slot, call_direct, 1 },
		{ "stub : -fno-plt", by_stub, call_by_got, 1 },
		{ "stub : pointer", by_stub, call_by_pointer, 1 },
		equal_pair,
	};

	ticks_of(call_by_plt, 1); /* binds */
	measure_pairs(pairs, sizeof(pairs) / sizeof(*pairs), times, repetitions);
}

/* Runs the guest alone in its process, as bound_program.c is in its own. */
static void measure_alone(call_all *by_stub)
{
	for (long i = 0; i < repetitions; i++)
		printf("%" PRIu64 "\n", ticks_of(by_stub, times));
	fflush(stdout);
}

void bench_bound(call_all *by_stub, call_all *by_slot)
{
	ticks_of(by_stub, 1); /* binds */
	if (call_by_plt)
		measure_beside_peers(by_stub, by_slot);
	else
		measure_alone(by_stub);
}
