/*
 * Reads the table of a provider from its file: names, types and addresses of functions.
 * Does not load the provider, which may be for another word size. The runner has the same
 * table, of the built-in services. Knows nothing of guests.
 */
#ifndef JUMPSLOT_PROVIDER_FILE_H
#define JUMPSLOT_PROVIDER_FILE_H

#include <sys/stat.h>

#include "elf_file.h"
#include "name_index.h"
#include "statements.h"

struct provided {
	const char *name;
	const char *type;     /* NULL: unknown */
	uint64_t function;    /* address in the file */
	uint16_t flags;	      /* JUMPSLOT_VARIADIC and the convention */
	uint16_t carry;	      /* JUMPSLOT_CARRY_*; 0: not given */
	uint32_t stack_bytes; /* with JUMPSLOT_CARRY_STACK */
};
_Static_assert(sizeof(struct provided) == 32, "half a cache line");

struct provider_file {
	const char *name;    /* for messages */
	const char *path;    /* absolute; NULL: the runner itself (provider_is_runner) */
	const char *options; /* for its jumpslot_provider_init() */
	struct stat status;  /* of the file whose table was read */
	struct elf_file elf;
	struct provided *functions;
	size_t count;
	size_t room; /* for functions */
	struct name_index names;
	/* The functions in order of their names, instead of `names`; or NULL. */
	const uint16_t *order;
	struct statements stated; /* the system calls of its functions */
};

/* Tells whether this is the runner with its built-in services. It is loaded already. */
static inline bool provider_is_runner(const struct provider_file *provider)
{
	return !provider->path;
}

/*
 * Opens the file at `path` and reads its table. `machine`: of the guest, EM_*. `type`:
 * ET_DYN, or ET_EXEC for a partition library.
 * Returns 0, or a negative errno with a line that does not name the file.
 */
int provider_file_read(struct provider_file *provider, const char *path, unsigned machine,
		       unsigned type, struct message *message);
/*
 * The number of the function with that name, or NAME_INDEX_NONE. `hash`: name_hash().
 * The prefetch is for a search that follows later.
 */
size_t provider_file_find(const struct provider_file *provider, const char *name,
			  uint32_t hash);
void provider_file_prefetch(const struct provider_file *provider, uint32_t hash);

void provider_file_free(struct provider_file *provider);

#endif
