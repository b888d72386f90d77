/* Matching imports with providers by name and type. See link.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "common/plan.h"
#include "common/table.h"
#include "link.h"
#include "nearest.h"
#include "partition_calls.h"

bool link_types_agree(const struct import *import, const struct provided *function)
{
	uint32_t flags = import->flags & ~(uint32_t)JUMPSLOT_OPTIONAL;

	if (!import->type || !function->type)
		return true;
	return !strcmp(import->type, function->type) && flags == function->flags;
}

static void find_nearest(struct link *link, const char *name,
			 const struct provider_file *providers, size_t provider_count)
{
	struct nearest nearest = nearest_begin(name);

	for (size_t i = 0; i < provider_count; i++)
		for (size_t j = 0; j < providers[i].count; j++) {
			const struct provided *function = &providers[i].functions[j];

			if (!function->function ||
			    !nearest_consider(&nearest, function->name))
				continue;
			link->nearest = function;
			link->provider = (uint32_t)i;
		}
}

/* The last decision, and all that it depends on: of very many imports, many are alike.
 * Types that are equal have the same address, if they follow each other in a table. */
struct decision {
	struct import import;
	struct provided function; /* without an address: none yet */
	bool agree;
	struct call_mode call; /* if they agree */
};

static bool decides(const struct decision *last, const struct import *import,
		    const struct provided *function)
{
	return last->function.function && last->import.type == import->type &&
	       last->import.flags == import->flags &&
	       last->function.type == function->type &&
	       last->function.flags == function->flags &&
	       last->function.carry == function->carry &&
	       last->function.stack_bytes == function->stack_bytes;
}

static void decide(struct decision *last, const struct import *import,
		   const struct provided *function, unsigned machine)
{
	if (decides(last, import, function))
		return;
	last->import = *import;
	last->function = *function;
	last->agree = link_types_agree(import, function);
	if (last->agree)
		last->call = call_mode_decide(import, function, machine);
}

static void link_one(struct link *link, struct decision *last,
		     const struct import *import, unsigned machine,
		     const struct provider_file *providers, size_t provider_count)
{
	link->status = LINK_MISSING;
	for (size_t i = 0; i < provider_count; i++) {
		size_t found =
			provider_file_find(&providers[i], import->name, import->hash);

		/* A record of a type alone provides nothing. */
		if (found == NAME_INDEX_NONE || !providers[i].functions[found].function)
			continue;
		link->provider = (uint32_t)i;
		link->function = &providers[i].functions[found];
		decide(last, import, link->function, machine);
		link->status = last->agree ? LINK_BOUND : LINK_MISMATCH;
		if (last->agree)
			link->call = last->call;
		return;
	}
}

/* The slots that the search for that import starts at. */
static void prefetch(const struct import_table *table, size_t index,
		     const struct provider_file *providers, size_t provider_count)
{
	if (index >= table->count)
		return;
	for (size_t i = 0; i < provider_count; i++)
		provider_file_prefetch(&providers[i], table->imports[index].hash);
}

int link_imports(struct link_result *result, const struct import_table *table,
		 unsigned machine, const struct provider_file *providers,
		 size_t provider_count)
{
	struct decision last = { 0 };
	size_t searched = 0;

	*result = (struct link_result){ .count = table->count };
	result->links = table_new(table->count, sizeof(*result->links));
	if (!result->links)
		return -ENOMEM;
	for (size_t i = 0; i < table->count; i++) {
		const struct import *import = &table->imports[i];
		struct link *link = &result->links[i];

		prefetch(table, i + NAME_INDEX_AHEAD, providers, provider_count);
		link_one(link, &last, import, machine, providers, provider_count);
		if (link->status == LINK_MISSING && searched++ < LINK_MAX_NEAREST)
			find_nearest(link, import->name, providers, provider_count);
		if (import->flags & JUMPSLOT_OPTIONAL)
			continue;
		result->missing += link->status == LINK_MISSING;
		result->mismatched += link->status == LINK_MISMATCH;
	}
	return 0;
}

void link_use_traps(struct link_result *result, const struct import_table *table,
		    unsigned machine, const struct provider_file *providers)
{
	for (size_t i = 0; i < result->count; i++) {
		struct link *link = &result->links[i];

		if (link->status == LINK_BOUND)
			link->call = call_mode_trap(
				&table->imports[i], link->function, machine,
				provider_is_runner(&providers[link->provider]));
	}
}

void link_use_partition(struct link_result *result, const struct import_table *table,
			const struct machine *machine,
			const struct provider_file *providers)
{
	for (size_t i = 0; i < result->count; i++) {
		struct link *link = &result->links[i];
		const char *lacks;

		if (link->status != LINK_BOUND)
			continue;
		link->call = (struct call_mode){ .mode = PLAN_DIRECT };
		lacks = partition_calls_lacking(&providers[link->provider],
						link->function->name, machine);
		if (!lacks)
			continue;
		link->status = LINK_MISSING;
		link->lacks = lacks;
		result->missing += !(table->imports[i].flags & JUMPSLOT_OPTIONAL);
	}
}

void link_free(struct link_result *result)
{
	table_free(result->links, result->count, sizeof(*result->links));
	result->links = NULL;
}

bool link_is_problem(const struct import *import, const struct link *link)
{
	return link->status == LINK_MISMATCH ||
	       (link->status == LINK_MISSING && !(import->flags & JUMPSLOT_OPTIONAL));
}
