/* Small tables by calloc(), large ones as mappings of whole huge pages. See table.h. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "table.h"

/* A huge page costs as much as 40 to 80 pages of 4 KB. */
#define LARGE ((size_t)0x80000)

/* The bytes of a table: whole huge pages if it is large; SIZE_MAX: beyond all memory. */
static size_t table_size(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
		return SIZE_MAX;
	if (bytes < LARGE)
		return bytes;
	return (bytes + TABLE_ALIGNMENT - 1) & ~(TABLE_ALIGNMENT - 1);
}

/* Maps more than is needed, and returns what lies before and after the table. */
static void *map_aligned(size_t bytes)
{
	const size_t more = bytes + TABLE_ALIGNMENT;
	char *at = mmap(NULL, more, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t before;

	if (at == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)at % TABLE_ALIGNMENT;
	if (before)
		munmap(at, before);
	munmap(at + before + bytes, more - before - bytes);
	madvise(at + before, bytes, MADV_HUGEPAGE); /* without them it is only slower */
	return at + before;
}

void *table_new(size_t count, size_t size)
{
	const size_t bytes = table_size(count, size);

	if (bytes == SIZE_MAX)
		return NULL;
	return bytes < LARGE ? calloc(1, bytes + !bytes) : map_aligned(bytes);
}

void table_free(void *table, size_t count, size_t size)
{
	const size_t bytes = table_size(count, size);

	if (bytes < LARGE)
		free(table);
	else if (table)
		munmap(table, bytes);
}
