/* Matching a standby's functions with imports. See standby.h. */
#include <errno.h>
#include <stdlib.h>

#include "standby.h"

static int refuse(const struct import *import, const char *why, struct message *message)
{
	return fail(message, EINVAL, "cannot stand by for %s: %s", import->name, why);
}

/* The thunk copies as many bytes for each function that it may call. */
static bool passes_the_same(const struct import *import, const struct provided *one,
			    const struct provided *other, unsigned machine)
{
	uint32_t bytes = 0, others = 0;

	return call_mode_bound(import, one, machine, &bytes) ==
		       call_mode_bound(import, other, machine, &others) &&
	       bytes == others;
}

static int add(struct standbys *standbys, const struct standby *standby,
	       struct message *message)
{
	struct standby *entries =
		realloc(standbys->entries, (standbys->count + 1) * sizeof(*entries));

	if (!entries)
		return fail(message, ENOMEM, "out of memory");
	entries[standbys->count++] = *standby;
	standbys->entries = entries;
	return 0;
}

/* Adds its function for that import, if it has one. */
static int add_for(struct standbys *standbys, const struct import *import, size_t number,
		   const struct link *link, unsigned machine,
		   const struct provider_file *provider, size_t index,
		   struct message *message)
{
	const size_t found = provider_file_find(provider, import->name, import->hash);
	struct standby standby = { (uint32_t)number, (uint32_t)index, NULL, { 0 } };

	if (link->status != LINK_BOUND || found == NAME_INDEX_NONE ||
	    !provider->functions[found].function)
		return 0;
	standby.function = &provider->functions[found];
	if (!link_types_agree(import, standby.function))
		return refuse(import, "it has another type", message);
	if (!passes_the_same(import, link->function, standby.function, machine))
		return refuse(import, "its arguments take another number of bytes",
			      message);
	standby.call = call_mode_decide(import, standby.function, machine);
	return add(standbys, &standby, message);
}

int standbys_add(struct standbys *standbys, const struct link_result *result,
		 const struct import_table *table, unsigned machine,
		 const struct provider_file *provider, size_t index,
		 struct message *message)
{
	const size_t before = standbys->count;
	int error = 0;

	for (size_t i = 0; !error && i < table->count; i++)
		error = add_for(standbys, &table->imports[i], i, &result->links[i],
				machine, provider, index, message);
	if (!error && standbys->count == before)
		return fail(message, EINVAL,
			    "stands by for no import (expected a function that the guest "
			    "imports and another provider serves)");
	return error;
}

void standbys_use_traps(struct standbys *standbys, const struct import_table *table,
			unsigned machine)
{
	for (size_t i = 0; i < standbys->count; i++) {
		struct standby *standby = &standbys->entries[i];

		standby->call = call_mode_trap(&table->imports[standby->import],
					       standby->function, machine, false);
	}
}
