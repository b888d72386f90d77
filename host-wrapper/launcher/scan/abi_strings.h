/*
 * The strings in the tables of guests and providers: names, type strings (docs/abi.md)
 * and text for messages. Checking one, and showing a type as C.
 * Depends on nothing of the launcher.
 */
#ifndef JUMPSLOT_ABI_STRINGS_H
#define JUMPSLOT_ABI_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

/* Names go to terminals and into C files: whether it is a symbol of 1 to
 * JUMPSLOT_MAX_NAME letters, digits and _.$ */
bool symbol_name_valid(const char *name);

/* The length of the UTF-8 character at `text`, 0 if there is none. */
size_t utf8_length(const char *text);

/* Whether it is UTF-8 of at least one character, and none that a terminal obeys. */
bool text_printable(const char *text);

/* Whether it is a result and parameters by the grammar. */
bool type_string_valid(const char *type);

/*
 * Writes the declaration of `name` with that type as C, such as
 * "int32_t add(int32_t, double)"; "?" where the type is NULL. Cuts what does not
 * fit into `size` bytes.
 */
void type_string_to_c(const char *type, const char *name, char *text, size_t size);

#endif
