/*
 * Copies, fills and compares bytes: what the compiler expects of a C library, and no
 * more. Depends on <stddef.h> alone.
 */
#ifndef JUMPSLOT_MONITOR_MEMORY_BYTES_H
#define JUMPSLOT_MONITOR_MEMORY_BYTES_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif
