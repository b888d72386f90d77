/* The value that a policy returns in a function's place, by the function's type. */
#ifndef JUMPSLOT_RESULT_VALUE_H
#define JUMPSLOT_RESULT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads `text` (NULL: none) as a result with that letter of a type string. `value` is
 * what the result's registers hold; `in_x87`: an x87 register; `word`: bytes of a
 * pointer. Returns NULL, or what is wrong.
 */
const char *result_value_read(char letter, bool in_x87, unsigned word, const char *text,
			      uint64_t value[2]);

#endif
