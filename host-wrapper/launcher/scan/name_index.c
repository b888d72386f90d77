/*
 * Open addressing with linear probing, at most half full. The hash is keyed by a
 * random seed, so that no guest can choose names that collide. A slot is a number plus 1,
 * and those bits of the hash above it that do not tell the slot's place: 4 bytes, as the
 * first write to memory takes longer than a search. So a search reads only the name that
 * it finds. See name_index.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/table.h"
#include "name_index.h"

int name_index_init(struct name_index *index, size_t count, const char *const *names,
		    size_t stride)
{
	index->names = (const char *)names;
	index->stride = stride;
	index->size = 16;
	while (index->size < 2 * count)
		index->size *= 2;
	index->slots = table_new(index->size, sizeof(*index->slots));
	return index->slots ? 0 : -ENOMEM;
}

void name_index_free(struct name_index *index)
{
	table_free(index->slots, index->size, sizeof(*index->slots));
	index->slots = NULL;
}

/* Two secret words of this process. The second is odd: a factor loses no bits. */
static const uint64_t *seed(void)
{
	static uint64_t words[2];

	if (!words[1]) {
		if (getrandom(words, sizeof(words), 0) != sizeof(words))
			words[0] = (uintptr_t)&words; /* unpredictable enough */
		words[1] |= 1;
	}
	return words;
}

/* All bits of the product count for all bits of the result. */
static uint64_t mix(uint64_t value, uint64_t factor)
{
	const unsigned __int128 product = (unsigned __int128)value * factor;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The last 1 to 8 bytes, without a read past the end. */
static uint64_t rest(const char *bytes, size_t length)
{
	uint32_t low, high;

	if (length < 4)
		return (uint64_t)(uint8_t)bytes[0] << 16 |
		       (uint64_t)(uint8_t)bytes[length / 2] << 8 |
		       (uint8_t)bytes[length - 1];
	memcpy(&low, bytes, sizeof(low));
	memcpy(&high, bytes + length - sizeof(high), sizeof(high));
	return (uint64_t)high << 32 | low;
}

/* Takes eight bytes at a time. Names of one length have the same sequence of words. */
uint32_t name_hash(const char *name, size_t length)
{
	const uint64_t *secret = seed();
	uint64_t value = secret[0] ^ length, word;

	for (; length > sizeof(word); length -= sizeof(word), name += sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		value = mix(value ^ word, secret[1]);
	}
	if (length)
		value = mix(value ^ rest(name, length), secret[1]);
	return (uint32_t)(value ^ value >> 32);
}

static uint32_t number_bits(const struct name_index *index)
{
	return (uint32_t)index->size - 1;
}

/* The number in a slot that is not free. */
static size_t number_of(const struct name_index *index, uint32_t slot)
{
	return (slot & number_bits(index)) - 1;
}

static const char *name_of(const struct name_index *index, size_t number)
{
	return *(const char *const *)(index->names + number * index->stride);
}

static bool is_other(const struct name_index *index, uint32_t slot, const char *name,
		     uint32_t hash)
{
	return slot && ((slot ^ hash) & ~number_bits(index) ||
			strcmp(name_of(index, number_of(index, slot)), name));
}

/* Where the name is, or would be. */
static uint32_t *probe(const struct name_index *index, const char *name, uint32_t hash)
{
	size_t at = hash & (index->size - 1);

	while (is_other(index, index->slots[at], name, hash))
		at = (at + 1) & (index->size - 1);
	return &index->slots[at];
}

size_t name_index_find_hashed(const struct name_index *index, const char *name,
			      uint32_t hash)
{
	const uint32_t slot = *probe(index, name, hash);

	return slot ? number_of(index, slot) : NAME_INDEX_NONE;
}

size_t name_index_find(const struct name_index *index, const char *name)
{
	return name_index_find_hashed(index, name, name_hash(name, strlen(name)));
}

size_t name_index_add(struct name_index *index, const char *name, uint32_t hash,
		      size_t number)
{
	uint32_t *slot = probe(index, name, hash);

	if (*slot)
		return number_of(index, *slot);
	*slot = (hash & ~number_bits(index)) | ((uint32_t)number + 1);
	return NAME_INDEX_NONE;
}
