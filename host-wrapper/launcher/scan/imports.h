/*
 * The import table of a guest, decoded and checked: names, types and slots of its
 * external functions. Code that has a struct import_table does not need the sections.
 * Knows nothing of providers.
 */
#ifndef JUMPSLOT_IMPORTS_H
#define JUMPSLOT_IMPORTS_H

#include "image.h"

struct import {
	const char *name;
	const char *type; /* NULL: unknown */
	uint64_t slot;	  /* address in the image */
	uint32_t flags;
	uint32_t hash; /* of the name, by name_hash() */
};
_Static_assert(sizeof(struct import) == 32, "half a cache line");

/* The declaration of an import in the source, for messages. */
struct declaration {
	const char *place;     /* file:line; NULL: unknown */
	const char *prototype; /* NULL: unknown */
};

struct import_table {
	struct import *imports;
	struct declaration *declarations; /* one per import; NULL: none is known */
	size_t count;
	struct elf_section strings; /* where the names are */
	uint64_t address;	    /* of the guest's own table */
	uint64_t resolver_pointer;
	uint64_t vcpu_state;		   /* 0: the guest takes no interrupts */
	struct image_range readonly_slots; /* whole pages of slots; size 0: none */
};

/*
 * Reads the table of a guest. All text is valid until `file` is closed. Returns 0,
 * -ENOMEM, or -ENOEXEC if the file is not a guest of a known ABI version or its table is
 * not valid.
 */
int imports_read(struct import_table *table, struct elf_file *file,
		 const struct image *image, struct message *message);
void imports_free(struct import_table *table);

struct declaration import_declaration(const struct import_table *table, size_t index);

#endif
