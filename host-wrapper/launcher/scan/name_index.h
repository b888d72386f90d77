/*
 * A map from names to small numbers, for tables of a hundred thousand of them.
 * The names stay the caller's. Depends on nothing of the launcher.
 */
#ifndef JUMPSLOT_NAME_INDEX_H
#define JUMPSLOT_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct name_index {
	uint32_t *slots;
	size_t size;	   /* a power of two */
	const char *names; /* the place of name 0 */
	size_t stride;	   /* bytes from the place of a name to that of the next */
};

#define NAME_INDEX_NONE SIZE_MAX

/* A prefetch this many searches ahead hides a cache miss. */
#define NAME_INDEX_AHEAD ((size_t)16)

/*
 * Makes room for `count` names with numbers below `count`, which is below 2^31. The
 * caller has the names, each in a record of `stride` bytes: `names` is the member of
 * record 0. Returns 0 or -ENOMEM.
 */
int name_index_init(struct name_index *index, size_t count, const char *const *names,
		    size_t stride);
void name_index_free(struct name_index *index);

/* The hash of a name of `length` bytes: the same for every index of this process. */
uint32_t name_hash(const char *name, size_t length);

/* Loads the slot of a hash into the cache, for a search that follows later. */
static inline void name_index_prefetch(const struct name_index *index, uint32_t hash)
{
	__builtin_prefetch(&index->slots[hash & (index->size - 1)]);
}

/* The number of that name, or NAME_INDEX_NONE. */
size_t name_index_find(const struct name_index *index, const char *name);
size_t name_index_find_hashed(const struct name_index *index, const char *name,
			      uint32_t hash);

/*
 * Enters a name that may be there: returns the number that it has and keeps, or
 * NAME_INDEX_NONE if it was not there. Then record `number` has the name before the next
 * search.
 */
size_t name_index_add(struct name_index *index, const char *name, uint32_t hash,
		      size_t number);

#endif
