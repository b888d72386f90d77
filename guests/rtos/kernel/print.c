/* See print.h. Depends only on console and format. */
#include "console.h"
#include "format.h"
#include "print.h"

void print_list(const char *format, va_list arguments)
{
	char text[PRINT_MAX];

	console_write(text, format_text(text, sizeof(text), format, arguments));
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_list(format, arguments);
	va_end(arguments);
}
