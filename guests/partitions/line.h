/*
 * Lines on the console, for the guests of this example. A line is one call, so that no
 * interrupt splits it. Depends on jumpslot/virt_bsp.h.
 */
#ifndef PARTITIONS_LINE_H
#define PARTITIONS_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <jumpslot/virt_bsp.h>

#define LINE_MAX 80

struct line {
	char text[LINE_MAX];
	size_t length;
};

/* Appends a text; the rest of one that is too long is left out. */
static inline void line_text(struct line *line, const char *text)
{
	while (*text && line->length < LINE_MAX - 1)
		line->text[line->length++] = *text++;
}

static inline void line_number(struct line *line, uint32_t number)
{
	char digits[11];
	char *first = &digits[sizeof(digits) - 1];

	*first = 0;
	do
		*--first = (char)('0' + number % 10);
	while (number /= 10);
	line_text(line, first);
}

static inline void line_print(struct line *line)
{
	line->text[line->length++] = '\n';
	_BSP_Virtual_Console_write(line->text, line->length);
	line->length = 0;
}

#endif
