/* Text: %s %c %d %u %x %%, with a width and with 0 or - before it. */
#ifndef RTOS_PRINT_H
#define RTOS_PRINT_H

#include <stdarg.h>
#include <stddef.h>

/* The longest line that print() writes in one piece; what is longer is cut off. */
#define PRINT_MAX 160

/* Writes to the console in one piece, as console_write() does. */
__attribute__((__format__(__printf__, 1, 2))) void print(const char *format, ...);
void print_list(const char *format, va_list arguments);

/* Into `text`, which is ended by a NUL within `size` bytes. Returns the length there. */
size_t print_format(char *text, size_t size, const char *format, va_list arguments);

#endif
