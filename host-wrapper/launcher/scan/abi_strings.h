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

/* The length of such a symbol, or 0. `room`: bytes that are there, its NUL among them. */
size_t symbol_name_length(const char *name, size_t room);

/* Tells whether it is a result and parameters by the grammar. */
bool type_string_valid(const char *type);

/* The valid type that was seen last: of very many types, many are equal. Zeroed: none. */
struct last_type {
	const char *type;
	uint64_t word; /* its first bytes, if it has less than 8 */
	uint64_t mask; /* those that are the type's; 0: it has more */
	bool variadic;
};

/*
 * Returns the last type if this one is equal, or this one if it is valid; then it is the
 * last one. Otherwise NULL. `room`: bytes that are there, its NUL among them.
 */
const char *type_string_take(struct last_type *last, const char *type, size_t room);

/* Tells whether a valid type string and flags (JUMPSLOT_*) agree on variadic. */
bool type_string_fits(const char *type, uint32_t flags);

/*
 * Writes the declaration of `name` with that type as C, for example
 * "int32_t add(int32_t, double)"; "?" if the type is NULL. Truncates to `size` bytes.
 */
void type_string_to_c(const char *type, const char *name, char *text, size_t size);

#endif
