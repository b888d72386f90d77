/* One line for the user, and an errno for the caller. */
#include <stdarg.h>
#include <stdio.h>

#include "message.h"

int fail(struct message *message, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message->text, sizeof(message->text), format, arguments);
	va_end(arguments);
	return -error;
}
