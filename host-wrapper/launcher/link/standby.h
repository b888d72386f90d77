/*
 * Providers that stand by: their functions serve no import, until the control points an
 * import at one. Each must be able to take the place of the function that it is for.
 */
#ifndef JUMPSLOT_STANDBY_H
#define JUMPSLOT_STANDBY_H

#include "call_mode.h"
#include "link.h"

/* A function that may take the place of the one that serves an import. */
struct standby {
	uint32_t import;
	uint32_t provider;
	const struct provided *function;
	struct call_mode call;
};

struct standbys {
	struct standby *entries;
	size_t count;
};

/*
 * Adds the functions of provider `index` for imports that are bound. Refuses one whose
 * type differs, or whose calls pass another number of bytes on the stack, and a provider
 * that has none. Returns 0 or a negative errno with a line.
 */
int standbys_add(struct standbys *standbys, const struct link_result *result,
		 const struct import_table *table, unsigned machine,
		 const struct provider_file *provider, size_t index,
		 struct message *message);

/* Afterwards, for the kvm host: calls are traps. */
void standbys_use_traps(struct standbys *standbys, const struct import_table *table,
			unsigned machine);

#endif
