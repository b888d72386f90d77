/* Arguments of test guests that are numbers. */
#ifndef NUMBER_ARGUMENT_H
#define NUMBER_ARGUMENT_H

#include <stdint.h>

#include <jumpslot/arguments.h>

/* The value of an argument in decimal digits; `without` if there are fewer arguments. */
static inline uint32_t number(int index, uint32_t without)
{
	char text[12];
	uint32_t value = 0;

	if (jumpslot_argument(index, text, sizeof(text)) < 0)
		return without;
	for (const char *at = text; *at; at++)
		value = value * 10 + (uint32_t)(*at - '0');
	return value;
}

#endif
