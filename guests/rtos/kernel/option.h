/* The words on the command line of the image, behind its name: "tickless", "seconds=10".
 */
#ifndef RTOS_OPTION_H
#define RTOS_OPTION_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the word is there. */
bool option_is_given(const char *name);

/* The decimal number behind "NAME=", at most a million; `otherwise`, if there is none.
 * The first one, if the name is there more often. */
uint32_t option_number(const char *name, uint32_t otherwise);

#endif
