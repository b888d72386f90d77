/*
 * Printing counts for a test, and reading arguments.
 */
#ifndef LINES_PRINT_H
#define LINES_PRINT_H

#include <jumpslot/arguments.h>
#include <jumpslot/virt_bsp.h>

static inline void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static inline void print_number(uint32_t number)
{
	char digits[12], *at = digits + sizeof(digits) - 1;

	for (*at = 0; at == digits + sizeof(digits) - 1 || number; number /= 10)
		*--at = (char)('0' + number % 10);
	print(at);
}

/* Returns a numeric argument of the command line, or 0 without it. */
static inline uint32_t number_argument(int index)
{
	char text[16];
	uint32_t number = 0;

	if (jumpslot_argument(index, text, sizeof(text)) < 0)
		return 0;
	for (char *at = text; *at; at++)
		number = number * 10 + (uint32_t)(*at - '0');
	return number;
}

/* Returns the first letter of an argument. */
static inline char letter_argument(int index)
{
	char text[16] = "";

	jumpslot_argument(index, text, sizeof(text));
	return text[0];
}

#endif
