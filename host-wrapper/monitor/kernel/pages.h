/*
 * Physical memory and page tables. Everything is allocated before the first guest runs;
 * nothing is ever freed or mapped again. Depends on layout.h.
 */
#ifndef JUMPSLOT_MONITOR_PAGES_H
#define JUMPSLOT_MONITOR_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

/* Where the kernel reads and writes physical memory. */
static inline void *pages_window(uint64_t physical)
{
	return (void *)(WINDOW_BASE + physical);
}

/* Makes the kernel's own tables, and gives out [first, end) of physical memory. */
void pages_start(uint64_t first, uint64_t end);

/* Returns the first of `count` pages in a row, of any contents; 0 if there are none. */
uint64_t pages_allocate(uint64_t count);

/* Returns a root table in which the upper half is the kernel's; 0: no memory. */
uint64_t pages_new_root(void);

/* Maps `count` pages for a guest. `access`: BOOT_*. Returns false without memory. */
bool pages_map(uint64_t root, uint64_t address, uint64_t physical, uint64_t count,
	       uint32_t access);

/* Returns how many bytes are left. */
uint64_t pages_left(void);

#endif
