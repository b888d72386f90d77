/*
 * The guest as gdb sees it: registers, memory and breakpoints of the stopped machine. All
 * functions are for the guest's thread. Knows no packets.
 */
#ifndef JUMPSLOT_GDB_TARGET_H
#define JUMPSLOT_GDB_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of all registers, in gdb's order (org.gnu.gdb.i386.core and .sse). */
#define TARGET_BYTES (sizeof(void *) == 8 ? 536u : 308u)

/* Registers. A change has its effect at once; segment selectors do not change. */
void target_get(uint8_t *bytes);
void target_set(const uint8_t *bytes);

/* The place of a register in these bytes. Returns its size; 0: there is none. */
size_t target_place(uint64_t number, size_t *offset);

/* Copies as much of the guest's memory as can be read, without breakpoints' own code.
 * Returns the number of bytes. */
size_t target_read(uint64_t address, uint8_t *bytes, size_t length);

/* Writes memory that the guest may write. Returns 0 or -EFAULT. */
int target_write(uint64_t address, const uint8_t *bytes, size_t length);

/* Breakpoints are INT3 in the guest's code, whose pages are private copies. Setting one
 * twice has no effect, and neither has clearing one that is not set. Return 0, -EFAULT,
 * or -ENOSPC. */
int target_set_breakpoint(uint64_t address);
int target_clear_breakpoint(uint64_t address);
void target_clear_breakpoints(void);
bool target_has_breakpoint(uint64_t address);

#endif
