/*
 * Formatted text: %s %c %d %u %x %%, with an optional width and - for left-justified.
 * Depends only on the compiler's own headers.
 */
#ifndef RTOS_FORMAT_H
#define RTOS_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Writes at most `size` characters to `text`, without a terminating NUL; cuts off the
 * rest. Returns the number of characters written. */
size_t format_text(char *text, size_t size, const char *format, va_list arguments);

#endif
