/*
 * Linking: finds the provider of each import, and all problems. Touches no file.
 */
#ifndef JUMPSLOT_LINK_H
#define JUMPSLOT_LINK_H

#include "call_mode.h"

enum link_status {
	LINK_BOUND,    /* a provider has it, and the types agree where known */
	LINK_MISSING,  /* no provider has it */
	LINK_MISMATCH, /* the first provider that has it has another type */
};

/* The result for one import. */
struct link {
	enum link_status status;
	uint32_t provider; /* of `function`, or of `nearest` */
	/* Unless missing. Also if missing, because a partition cannot have it. */
	const struct provided *function;
	struct call_mode call; /* if bound */
	union {
		/* If missing, without a function: the most similar name, or NULL. */
		const struct provided *nearest;
		/* If missing, with a function: the system call that it needs. */
		const char *lacks;
	};
};
_Static_assert(sizeof(struct link) == 32, "half a cache line");

struct link_result {
	struct link *links; /* one per import */
	size_t count;
	size_t missing; /* how many of each kind, optional ones not counted */
	size_t mismatched;
};

/* At most this many missing imports get a suggestion: each costs a comparison with every
 * function of every provider. */
#define LINK_MAX_NEAREST 20

/*
 * Links each import to the first provider that has its name. `machine`: of the guest,
 * EM_*. Returns 0 or -ENOMEM; problems of imports are in the result.
 */
int link_imports(struct link_result *result, const struct import_table *table,
		 unsigned machine, const struct provider_file *providers,
		 size_t provider_count);

/* Afterwards, for the kvm host: calls are traps. */
void link_use_traps(struct link_result *result, const struct import_table *table,
		    unsigned machine, const struct provider_file *providers);

/*
 * Afterwards, for the monitor host: functions of partition libraries are direct, and
 * those that need system calls are missing.
 */
void link_use_partition(struct link_result *result, const struct import_table *table,
			const struct machine *machine,
			const struct provider_file *providers);

/* Whether both have the same type, or one of them is not known. */
bool link_types_agree(const struct import *import, const struct provided *function);

/* If missing: the most similar name of a provider, or NULL. */
static inline const struct provided *link_nearest(const struct link *link)
{
	return link->status == LINK_MISSING && !link->function ? link->nearest : NULL;
}

/* If missing: the system call for which a partition cannot have the function of
 * `provider`, or NULL. */
static inline const char *link_lacks(const struct link *link)
{
	return link->status == LINK_MISSING && link->function ? link->lacks : NULL;
}

void link_free(struct link_result *result);

/* Whether an import is missing or mistyped. A missing optional one is not a problem. */
bool link_is_problem(const struct import *import, const struct link *link);

#endif
