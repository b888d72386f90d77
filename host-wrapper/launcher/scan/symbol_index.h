/*
 * The symbols of a guest in the order of their addresses, for programs that name many
 * addresses. Functions and data; none in a stripped guest.
 */
#ifndef JUMPSLOT_SYMBOL_INDEX_H
#define JUMPSLOT_SYMBOL_INDEX_H

#include "elf_file.h"

struct symbol {
	const char *name;
	uint64_t address; /* of the image, without base */
	uint64_t size;
	size_t number; /* in the order of the table */
};

struct symbol_index {
	struct symbol *symbols;
	size_t count;
};

/* Reads the symbols; names remain valid until `file` is closed. Returns 0 or -ENOMEM. */
int symbol_index_make(struct symbol_index *index, const struct elf_file *file);
void symbol_index_free(struct symbol_index *index);

/* The symbol that covers the address, or NULL. Of several with one address and size, the
 * first of the symbol table, as in reports. */
const struct symbol *symbol_index_find(const struct symbol_index *index,
				       uint64_t address);

#endif
