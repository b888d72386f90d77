/*
 * Those of the C library's functions that the kernel uses, and that compilers call by
 * themselves. Defined in text.c for images that have no C library.
 */
#ifndef RTOS_TEXT_H
#define RTOS_TEXT_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
size_t strlen(const char *text);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t size);

#endif
