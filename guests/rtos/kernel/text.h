/*
 * The C library functions that the kernel uses and that compilers call on their own.
 * text.c defines them for images without a C library. Depends only on <stddef.h>.
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
