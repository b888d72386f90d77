/* Formatted output on the console. Depends only on <stdarg.h>. */
#ifndef RTOS_PRINT_H
#define RTOS_PRINT_H

#include <stdarg.h>

/* Maximum number of characters of one text; print() cuts off the rest. */
#define PRINT_MAX 160

/*
 * Write to the console in one piece, as console_write() does. format.h lists the
 * conversions. From a handler: yes.
 */
__attribute__((__format__(__printf__, 1, 2))) void print(const char *format, ...);
void print_list(const char *format, va_list arguments);

#endif
