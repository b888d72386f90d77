/*
 * Strings in the tables of guests and providers: names and type strings (docs/abi.md).
 * Checks them, and shows a type as C. Depends on nothing of the launcher.
 */
#ifndef JUMPSLOT_ABI_STRINGS_H
#define JUMPSLOT_ABI_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tells whether it is a symbol of 1 to JUMPSLOT_MAX_NAME letters, digits and _.$ : names
 * go to terminals and into C files. */
bool symbol_name_valid(const char *name);

/* The length of such a symbol, or 0. */
size_t symbol_name_length(const char *name);

/* Tells whether it is a result and parameters by the grammar. */
bool type_string_valid(const char *type);

/* As type_string_valid(). `last`: the valid type that was seen last, or NULL: of very
 * many types, many are equal, and a comparison is faster. */
bool type_string_valid_after(const char **last, const char *type);

/* Tells whether a valid type string and flags (JUMPSLOT_*) agree on variadic. */
bool type_string_fits(const char *type, uint32_t flags);

/*
 * Writes the declaration of `name` with that type as C, for example
 * "int32_t add(int32_t, double)"; "?" if the type is NULL. Truncates to `size` bytes.
 */
void type_string_to_c(const char *type, const char *name, char *text, size_t size);

#endif
