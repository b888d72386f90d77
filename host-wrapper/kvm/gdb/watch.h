/*
 * Watchpoints: gdb's ranges of memory in the four debug registers of the virtual
 * processor, which stop guest code after the instruction that accessed one.
 */
#ifndef JUMPSLOT_WATCH_H
#define JUMPSLOT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds, in gdb's numbers. There is none for reads alone. */
#define WATCH_WRITE  2
#define WATCH_ACCESS 4

/* Returns 0, -EFAULT for memory that is not the guest's, or -ENOSPC. */
int watch_set(uint64_t kind, uint64_t address, uint64_t length);

/* Returns 0, also if there is no such watchpoint. */
int watch_clear(uint64_t kind, uint64_t address, uint64_t length);
void watch_clear_all(void);

/* After a debug exception: whether it is a watchpoint's, and which. */
bool watch_take_hit(uint64_t *kind, uint64_t *address);

#endif
