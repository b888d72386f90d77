/* Text: %s %c %d %u %x %%, with a width and with - before it. */
#ifndef RTOS_PRINT_H
#define RTOS_PRINT_H

#include <stdarg.h>

/* Characters of a text at most; what is longer is cut off. */
#define PRINT_MAX 160

/* Writes to the console in one piece, as console_write() does. From a handler: yes. */
__attribute__((__format__(__printf__, 1, 2))) void print(const char *format, ...);
void print_list(const char *format, va_list arguments);

#endif
