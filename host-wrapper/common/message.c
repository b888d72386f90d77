/* One line for the user, and an errno for the caller. See message.h. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "printable.h"

#define UTF8_LONGEST 4 /* bytes of a character */

static const char gap[] = " ... ";

/* The next character's start. Bytes that are not UTF-8 may all look like the inside of a
 * character, and do not count: the text would lose its end. */
static char *not_inside_utf8(char *at)
{
	for (size_t i = 0; i < UTF8_LONGEST; i++)
		if (((unsigned char)at[i] & 0xc0) != 0x80)
			return at + i;
	return at;
}

/* Replaces the middle of a text that is too long. */
static void shorten(struct message *message, char *text, size_t length)
{
	size_t half = (sizeof(message->text) - sizeof(gap)) / 2;
	char *head = not_inside_utf8(text + half - 4);
	char *tail = not_inside_utf8(text + length - half);

	*head = 0;
	snprintf(message->text, sizeof(message->text), "%s%s%s", text, gap, tail);
}

int fail(struct message *message, int error, const char *format, ...)
{
	char *text;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0) {
		snprintf(message->text, sizeof(message->text), "out of memory");
		return -error;
	}
	if ((size_t)length < sizeof(message->text))
		memcpy(message->text, text, (size_t)length + 1);
	else
		shorten(message, text, (size_t)length);
	free(text);
	return -error;
}

void message_print(const char *object, const struct message *message)
{
	fputs("host-wrapper: ", stderr);
	if (object) {
		print_escaped(object, stderr);
		fputs(": ", stderr);
	}
	print_escaped(message->text, stderr);
	fputc('\n', stderr);
}
