/* Counters, copied once, and what follows from them. See stats.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

/* The most time first, then the most calls, then the guest's order. */
static int by_time(const void *one, const void *other)
{
	const struct stats_function *a = one, *b = other;

	if (a->counter.total_ns != b->counter.total_ns)
		return a->counter.total_ns > b->counter.total_ns ? -1 : 1;
	if (a->counter.calls != b->counter.calls)
		return a->counter.calls > b->counter.calls ? -1 : 1;
	return a->import < b->import ? -1 : a->import > b->import;
}

int stats_take(struct stats *stats, const struct trace *trace,
	       const struct linked_guest *guest, uint64_t end_ns)
{
	struct trace_shared *shared = trace_shared(trace);
	const uint64_t started = *(volatile uint64_t *)&shared->started;
	const uint8_t *bound = trace_bound(shared, guest->table.count);

	/* Its own word: not after the end. */
	stats->run_ns = started && started < end_ns ? end_ns - started : 0;
	stats->count = 0;
	stats->functions = calloc(guest->table.count + 1, sizeof(*stats->functions));
	if (!stats->functions)
		return -ENOMEM;
	memcpy(stats->vectors, shared->vectors, sizeof(stats->vectors));
	for (size_t i = 0; i < guest->table.count; i++)
		if (guest->result.links[i].status == LINK_BOUND)
			stats->functions[stats->count++] = (struct stats_function){
				.import = (uint32_t)i,
				.counter = trace_counters(shared)[i],
				.bound = bound[i],
			};
	qsort(stats->functions, stats->count, sizeof(*stats->functions), by_time);
	return 0;
}

void stats_free(struct stats *stats)
{
	free(stats->functions);
	stats->functions = NULL;
	stats->count = 0;
}
