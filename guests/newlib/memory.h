/* The memory that malloc() draws on: the work area of the start information. */
#ifndef NEWLIB_MEMORY_H
#define NEWLIB_MEMORY_H

#include <stdint.h>

/* To be called before the first allocation. */
void memory_use(uint64_t base, uint64_t size);

#endif
