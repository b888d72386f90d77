/*
 * The import table of a guest, checked: names, types and slots of its external
 * functions. Whoever has a struct import_table need not look at the sections again.
 * Knows nothing of providers.
 */
#ifndef JUMPSLOT_IMPORTS_H
#define JUMPSLOT_IMPORTS_H

#include "image.h"

struct import {
	const char *name;
	const char *type;      /* NULL: unknown */
	const char *place;     /* file:line of the declaration; NULL: unknown */
	const char *prototype; /* as in the source; NULL: unknown */
	uint64_t slot;	       /* address in the image */
	uint32_t flags;
};

struct import_table {
	struct import *imports;
	size_t count;
	uint64_t address; /* of the guest's own table */
	uint64_t resolver_pointer;
	uint64_t vcpu_state;		   /* 0: the guest takes no interrupts */
	struct image_range readonly_slots; /* whole pages of slots; size 0: none */
};

/*
 * Reads the table of a guest. All text lives as long as `file`. Returns 0, -ENOMEM, or
 * -ENOEXEC: not a guest of an ABI that we know, or a table that does not hold.
 */
int imports_read(struct import_table *table, struct elf_file *file,
		 const struct image *image, struct message *message);
void imports_free(struct import_table *table);

#endif
