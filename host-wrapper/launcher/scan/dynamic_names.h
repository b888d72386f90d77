/*
 * Names in the dynamic tables of a shared library: functions that it gets from other
 * libraries, and these libraries. Reads the tables by their section headers.
 */
#ifndef JUMPSLOT_DYNAMIC_NAMES_H
#define JUMPSLOT_DYNAMIC_NAMES_H

#include "elf_file.h"

typedef bool name_predicate(const char *name);

/*
 * Sets `found` to the first undefined symbol, or the first needed library, that `is_one`
 * accepts; NULL if it accepts none. Returns 0; -ENOEXEC without a line if the table
 * cannot be read, and for a library with relocations in its code. A name is valid until
 * the file is closed.
 */
int dynamic_undefined(const struct elf_file *file, name_predicate *is_one,
		      const char **found);
int dynamic_needed(const struct elf_file *file, name_predicate *is_one,
		   const char **found);

#endif
