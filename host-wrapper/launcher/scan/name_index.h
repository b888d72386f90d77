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
};

#define NAME_INDEX_NONE SIZE_MAX

/* A prefetch this many searches ahead hides a cache miss. */
#define NAME_INDEX_AHEAD ((size_t)16)

/* Makes room for `count` names, fewer than 2^31. Returns 0 or -ENOMEM. */
int name_index_init(struct name_index *index, size_t count);
void name_index_free(struct name_index *index);

/* The hash of a name of `length` bytes: the same for every index of this process. */
uint32_t name_hash(const char *name, size_t length);

/* Loads the slot of a hash into the cache, for a search that follows later. */
void name_index_prefetch(const struct name_index *index, uint32_t hash);

/* The number of that name, or NAME_INDEX_NONE. */
size_t name_index_find(const struct name_index *index, const char *name);
size_t name_index_find_hashed(const struct name_index *index, const char *name,
			      uint32_t hash);

/*
 * Enters a name that may be there: returns NAME_INDEX_NONE if it was not, and else
 * the number that it has and keeps. Never more than `count` names. `number`: below 2^32.
 */
size_t name_index_add(struct name_index *index, const char *name, uint32_t hash,
		      size_t number);

#endif
