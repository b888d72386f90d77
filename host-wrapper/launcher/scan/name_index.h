/*
 * A map from names to small numbers, for tables of a hundred thousand of them.
 * The names stay the caller's. Depends on nothing of the launcher.
 */
#ifndef JUMPSLOT_NAME_INDEX_H
#define JUMPSLOT_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct name_index {
	struct name_slot *slots;
	size_t size; /* a power of two */
	uint64_t seed;
};

#define NAME_INDEX_NONE SIZE_MAX

/* Makes room for `count` names. Returns 0 or -ENOMEM. */
int name_index_init(struct name_index *index, size_t count);
void name_index_free(struct name_index *index);

/* The number of that name, or NAME_INDEX_NONE. */
size_t name_index_find(const struct name_index *index, const char *name);

/*
 * Enters a name that may be there: returns NAME_INDEX_NONE if it was not, and else
 * the number that it has and keeps. Never more than `count` names.
 */
size_t name_index_add(struct name_index *index, const char *name, size_t number);

#endif
