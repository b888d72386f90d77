/*
 * The first blocks of memory come from an array, one after the other: a start of hello
 * needs twenty blocks of as many sizes, for which musl's malloc() touches and maps more
 * than thirty pages. They are never used again, and all later blocks are musl's. For a
 * process without threads.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST	  ((size_t)64 << 10) /* bytes of the array */
#define ALIGNMENT _Alignof(max_align_t)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static _Alignas(max_align_t) char first[FIRST];
static size_t used;

static bool is_first(const void *block)
{
	return (uintptr_t)block - (uintptr_t)first < FIRST;
}

/* NULL: no room. The bytes are zero. */
static void *take(size_t size)
{
	const size_t rounded = (size + !size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	char *block = first + used;

	if (size > FIRST || rounded > FIRST - used)
		return NULL;
	used += rounded;
	return block;
}

static void *block_of(size_t size)
{
	void *block = take(size);

	return block ? block : __libc_malloc(size);
}

void *malloc(size_t size)
{
	return block_of(size);
}

void *calloc(size_t count, size_t size)
{
	size_t bytes;
	void *block = __builtin_mul_overflow(count, size, &bytes) ? NULL : take(bytes);

	return block ? block : __libc_calloc(count, size);
}

/* The block's size is not known, but what follows is in the array too. */
void *realloc(void *block, size_t size)
{
	void *larger;
	size_t most;

	if (block && !is_first(block))
		return __libc_realloc(block, size);
	larger = block_of(size);
	if (!block || !larger)
		return larger;
	most = FIRST - (size_t)((const char *)block - first);
	return memmove(larger, block, size < most ? size : most);
}

void free(void *block)
{
	if (!is_first(block))
		__libc_free(block);
}
