/*
 * Open addressing with linear probing, at most half full. The hash is keyed by a
 * random seed, so that no guest can choose names that collide. See name_index.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "name_index.h"

struct name_slot {
	const char *name; /* NULL: free */
	size_t number;
};

int name_index_init(struct name_index *index, size_t count)
{
	index->size = 16;
	while (index->size < 2 * count)
		index->size *= 2;
	index->slots = calloc(index->size, sizeof(*index->slots));
	if (!index->slots)
		return -ENOMEM;
	if (getrandom(&index->seed, sizeof(index->seed), 0) != sizeof(index->seed))
		index->seed = (uintptr_t)index->slots; /* unpredictable enough */
	return 0;
}

void name_index_free(struct name_index *index)
{
	free(index->slots);
	index->slots = NULL;
}

/* FNV-1a from a seed, and a final mix, as its low bits alone are weak. */
static uint64_t hash(const struct name_index *index, const char *name)
{
	uint64_t value = index->seed ^ 0xcbf29ce484222325u;

	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 0x100000001b3u;
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93u;
	return value ^ value >> 32;
}

/* Where the name is, or would be. */
static struct name_slot *probe(const struct name_index *index, const char *name)
{
	size_t at = hash(index, name) & (index->size - 1);

	while (index->slots[at].name && strcmp(index->slots[at].name, name))
		at = (at + 1) & (index->size - 1);
	return &index->slots[at];
}

size_t name_index_find(const struct name_index *index, const char *name)
{
	const struct name_slot *slot = probe(index, name);

	return slot->name ? slot->number : NAME_INDEX_NONE;
}

size_t name_index_add(struct name_index *index, const char *name, size_t number)
{
	struct name_slot *slot = probe(index, name);

	if (slot->name)
		return slot->number;
	slot->name = name;
	slot->number = number;
	return NAME_INDEX_NONE;
}
