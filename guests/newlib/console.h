/*
 * Output to the console, for a guest that takes interrupts. Depends only on <stdbool.h>
 * and <stddef.h>.
 */
#ifndef NEWLIB_CONSOLE_H
#define NEWLIB_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether console_write() is to write this file. */
bool console_takes(int file);

/* Writes all bytes, unless an error comes in between. Returns their number; or -1, and
 * sets errno. */
int console_write(int file, const void *bytes, size_t count);

/* The guest has closed the file; or `copy` is a new number of it. */
void console_closed(int file);
void console_copied(int file, int copy);

#endif
