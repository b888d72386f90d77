/*
 * The symbols of a guest, for messages: none in a stripped one.
 */
#ifndef JUMPSLOT_SYMBOLS_H
#define JUMPSLOT_SYMBOLS_H

#include "elf_file.h"

/*
 * Writes " <function+0x12>" for the function that has `address` (of the image,
 * without base), or nothing if none is known. Cuts what does not fit.
 */
void symbols_describe(const struct elf_file *file, uint64_t address, char *text,
		      size_t size);

/* An upper bound of the number of symbols, and a call of `take` for each function and
 * each piece of data that has a name and a size. */
size_t symbols_count(const struct elf_file *file);
void symbols_each(const struct elf_file *file,
		  void (*take)(void *argument, const char *name, uint64_t address,
			       uint64_t size),
		  void *argument);

#endif
