/*
 * Two symbols that gdb looks for (its manual, "JIT Compilation Interface"). See
 * gdb_jit.h.
 */
#include "gdb_jit.h"

enum gdb_jit_action { GDB_JIT_NONE, GDB_JIT_REGISTER };

struct gdb_jit_descriptor {
	uint32_t version;
	uint32_t action;
	struct gdb_jit_entry *relevant;
	struct gdb_jit_entry *first;
};

extern struct gdb_jit_descriptor __jit_debug_descriptor;
void __jit_debug_register_code(void);

struct gdb_jit_descriptor __jit_debug_descriptor = { .version = 1 };

/* gdb stops here and reads the descriptor. */
__attribute__((__noinline__)) void __jit_debug_register_code(void)
{
	__asm__ volatile("" : : : "memory");
}

void gdb_jit_register(struct gdb_jit_entry *entry)
{
	entry->next = __jit_debug_descriptor.first;
	if (entry->next)
		entry->next->previous = entry;
	__jit_debug_descriptor.first = entry;
	__jit_debug_descriptor.relevant = entry;
	__jit_debug_descriptor.action = GDB_JIT_REGISTER;
	__jit_debug_register_code();
}
