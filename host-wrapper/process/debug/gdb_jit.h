/*
 * GDB's JIT interface: the process shows debuggers ELF objects that lie in its memory.
 * Knows nothing of what the objects describe.
 */
#ifndef JUMPSLOT_GDB_JIT_H
#define JUMPSLOT_GDB_JIT_H

#include <stdint.h>

/* An object, as gdb knows it; the fields' order and widths are part of the interface. */
struct gdb_jit_entry {
	struct gdb_jit_entry *next;
	struct gdb_jit_entry *previous;
	const void *object;
	uint64_t size;
};

/*
 * Shows a debugger, also one that attaches later or opens a core file, the object that
 * the entry names. Both stay for good. Call it before there are threads.
 */
void gdb_jit_register(struct gdb_jit_entry *entry);

#endif
