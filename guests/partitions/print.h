/* Lines on the console, for the guests of this example. Each line is one call, so that
 * an interrupt does not split it. */
#ifndef PARTITIONS_PRINT_H
#define PARTITIONS_PRINT_H

#include <stddef.h>
#include <stdint.h>
#include <jumpslot/virt_bsp.h>

/* Prints the text, up to 40 bytes of it, a blank and the number. */
static inline void print_number(const char *text, uint32_t number)
{
	char line[64], digits[10];
	size_t length = 0, count = 0;

	for (; *text && length < 40; text++)
		line[length++] = *text;
	line[length++] = ' ';
	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count)
		line[length++] = digits[--count];
	line[length++] = '\n';
	_BSP_Virtual_Console_write(line, length);
}

#endif
