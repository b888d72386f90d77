/* The reports of --stats and --unused. See stats.h. */
#include <inttypes.h>
#include <string.h>

#include "common/printable.h"
#include "stats.h"
#include "trace_words.h"

static uint64_t mean_ns(const struct trace_counter *counter)
{
	return counter->returned ? counter->total_ns / counter->returned : 0;
}

static double share(const struct stats *stats, const struct trace_counter *counter)
{
	return stats->run_ns ? 100.0 * (double)counter->total_ns / (double)stats->run_ns
			     : 0;
}

static const char *bound_word(uint8_t bound)
{
	switch (bound) {
	case TRACE_BOUND_NEVER:
		return "never";
	case TRACE_BOUND_CALL:
		return "call";
	case TRACE_BOUND_START:
		return "start";
	default:
		return "unknown";
	}
}

static const char *name_of(const struct stats_function *function,
			   const struct linked_guest *guest)
{
	return guest->table.imports[function->import].name;
}

static void print_vectors(const struct stats *stats, FILE *out)
{
	for (unsigned i = 0; i < JUMPSLOT_VECTORS; i++) {
		if (!stats->vectors[i])
			continue;
		fputs("  ", out);
		trace_words_vector(i, out);
		fprintf(out, ": %" PRIu64 "\n", stats->vectors[i]);
	}
}

void stats_print(const struct stats *stats, const struct linked_guest *guest, FILE *out)
{
	uint64_t calls = 0;
	size_t called = 0;

	for (size_t i = 0; i < stats->count; i++) {
		calls += stats->functions[i].counter.calls;
		called += stats->functions[i].counter.calls > 0;
	}
	print_escaped(guest->name, out);
	fprintf(out, ": %" PRIu64 " call%s of %zu function%s in %.6f s\n", calls,
		calls == 1 ? "" : "s", called, called == 1 ? "" : "s",
		(double)stats->run_ns / 1e9);
	fprintf(out, "  %10s %12s %12s %12s %7s  %-7s  FUNCTION\n", "CALLS", "TOTAL us",
		"MEAN us", "MAX us", "SHARE", "BOUND");
	for (size_t i = 0; i < stats->count; i++) {
		const struct stats_function *function = &stats->functions[i];
		const struct trace_counter *counter = &function->counter;

		if (!counter->calls && function->bound != TRACE_BOUND_START)
			continue;
		fprintf(out, "  %10" PRIu64 " %12.3f %12.3f %12.3f %6.2f%%  %-7s  %s\n",
			counter->calls, (double)counter->total_ns / 1e3,
			(double)mean_ns(counter) / 1e3, (double)counter->most_ns / 1e3,
			share(stats, counter), bound_word(function->bound),
			name_of(function, guest));
	}
	print_vectors(stats, out);
}

/* Whether a function was never called: true only if that is known. */
static bool is_unused(const struct stats *stats, const struct stats_function *function)
{
	if (stats->counted)
		return !function->counter.calls;
	return function->bound == TRACE_BOUND_NEVER;
}

static bool is_open(const struct stats *stats, const struct stats_function *function)
{
	return !stats->counted && (function->bound == TRACE_BOUND_START ||
				   function->bound == TRACE_BOUND_UNKNOWN);
}

static const char *why_open(uint8_t bound)
{
	return bound == TRACE_BOUND_START ? "bound before the start, so not known"
					  : "not known, as the guest was killed";
}

/* Functions without calls are in the guest's order. */
static void print_each(const struct stats *stats, const struct linked_guest *guest,
		       bool (*holds)(const struct stats *, const struct stats_function *),
		       bool open, FILE *out)
{
	for (size_t i = 0; i < stats->count; i++) {
		const struct stats_function *function = &stats->functions[i];

		if (holds(stats, function))
			fprintf(out, "  %s: %s\n",
				open ? why_open(function->bound) : "never called",
				name_of(function, guest));
	}
}

void stats_print_unused(const struct stats *stats, const struct linked_guest *guest,
			FILE *out)
{
	size_t unused = 0, open = 0;

	for (size_t i = 0; i < stats->count; i++) {
		unused += is_unused(stats, &stats->functions[i]);
		open += is_open(stats, &stats->functions[i]);
	}
	print_escaped(guest->name, out);
	if (unused || !open)
		fprintf(out, ": never called: %zu of %zu function%s\n", unused,
			stats->count, stats->count == 1 ? "" : "s");
	else
		fprintf(out, ": never called: %zu of %zu not known\n", open,
			stats->count);
	print_each(stats, guest, is_unused, false, out);
	print_each(stats, guest, is_open, true, out);
}

static void json_function(const struct stats *stats, const struct linked_guest *guest,
			  const struct stats_function *function, FILE *out)
{
	const struct trace_counter *counter = &function->counter;

	fputs("{\"name\": ", out);
	print_json_string(name_of(function, guest), out);
	fprintf(out,
		", \"calls\": %" PRIu64 ", \"returned\": %" PRIu64
		", \"total_ns\": %" PRIu64 ", \"mean_ns\": %" PRIu64
		", \"max_ns\": %" PRIu64 ", \"share_percent\": %.3f, \"bound\": \"%s\"}",
		counter->calls, counter->returned, counter->total_ns, mean_ns(counter),
		counter->most_ns, share(stats, counter), bound_word(function->bound));
}

void stats_json(const struct stats *stats, const struct linked_guest *guest, FILE *out)
{
	const char *separator = "";

	if (!stats || !stats->counted) {
		fputs("null", out);
		return;
	}
	fprintf(out, "{\"run_ns\": %" PRIu64 ", \"functions\": [", stats->run_ns);
	for (size_t i = 0; i < stats->count; i++) {
		fputs(i ? ", " : "", out);
		json_function(stats, guest, &stats->functions[i], out);
	}
	fputs("], \"interrupts\": {", out);
	for (unsigned i = 0; i < JUMPSLOT_VECTORS; i++) {
		if (!stats->vectors[i])
			continue;
		fprintf(out, "%s\"%u\": %" PRIu64, separator, i, stats->vectors[i]);
		separator = ", ";
	}
	fputs("}}", out);
}

void stats_json_unused(const struct stats *stats, const struct linked_guest *guest,
		       FILE *out)
{
	const char *separator = "";

	if (!stats || !stats->unused) {
		fputs("null", out);
		return;
	}
	fputc('[', out);
	for (size_t i = 0; i < stats->count; i++) {
		if (!is_unused(stats, &stats->functions[i]))
			continue;
		fputs(separator, out);
		print_json_string(name_of(&stats->functions[i], guest), out);
		separator = ", ";
	}
	fputc(']', out);
}
