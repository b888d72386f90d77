/* A sorted copy of the symbol table. See symbol_index.h. */
#include <errno.h>
#include <stdlib.h>

#include "symbol_index.h"
#include "symbols.h"

/* Of several names of one place, the last is found: the first of the table. */
static int by_address(const void *one, const void *other)
{
	const struct symbol *a = one, *b = other;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return a->number > b->number ? -1 : a->number < b->number;
}

static void add(void *argument, const char *name, uint64_t address, uint64_t size)
{
	struct symbol_index *index = argument;

	index->symbols[index->count] =
		(struct symbol){ name, address, size, index->count };
	index->count++;
}

int symbol_index_make(struct symbol_index *index, const struct elf_file *file)
{
	*index = (struct symbol_index){ 0 };
	index->symbols = calloc(symbols_count(file) + 1, sizeof(*index->symbols));
	if (!index->symbols)
		return -ENOMEM;
	symbols_each(file, add, index);
	if (index->count)
		qsort(index->symbols, index->count, sizeof(*index->symbols), by_address);
	return 0;
}

void symbol_index_free(struct symbol_index *index)
{
	free(index->symbols);
	*index = (struct symbol_index){ 0 };
}

const struct symbol *symbol_index_find(const struct symbol_index *index, uint64_t address)
{
	size_t low = 0, high = index->count;
	const struct symbol *found;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (index->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	found = &index->symbols[low - 1];
	return address - found->address < found->size ? found : NULL;
}
