/*
 * The memory of malloc(): the work area in the start information.
 * Depends only on <stdint.h>.
 */
#ifndef NEWLIB_MEMORY_H
#define NEWLIB_MEMORY_H

#include <stdint.h>

/* Call it before the first allocation. Returns -1 if the program wants a larger heap. */
int memory_use(uint64_t base, uint64_t size);

#endif
