/*
 * Options: the words after the image's name on its command line, such as "tickless" and
 * "seconds=10". Depends only on <stdbool.h> and <stdint.h>.
 */
#ifndef RTOS_OPTION_H
#define RTOS_OPTION_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the command line contains the word. */
bool option_is_given(const char *name);

/* The decimal number after the first "NAME=", at most a million; `otherwise` if there is
 * none. */
uint32_t option_number(const char *name, uint32_t otherwise);

#endif
