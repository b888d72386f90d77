/* The system pages of the virtual machine: descriptors, exception handlers, and page
 * tables. Guest code can neither read nor write them. */
#ifndef JUMPSLOT_TABLES_X86_H
#define JUMPSLOT_TABLES_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "machine.h"

/* Pages of the guest's address space: [start, end) at the guest-physical `address`. */
struct tables_range {
	uintptr_t start, end;
	uint64_t address;
	bool may_write, may_execute; /* reading is always possible */
};

/* Maps the system pages, with room for the page tables of `count` ranges, and gives them
 * to the machine. Returns 0 or a negative errno. */
int tables_make(const struct tables_range *ranges, size_t count,
		struct machine_tables *tables, struct message *message);

/* After an exception: its vector, and the words that the processor pushed. Returns false
 * if the machine is in no handler. */
struct tables_exception {
	unsigned vector;
	uint64_t code; /* 0 where the vector has none */
	uint64_t pc, cs, flags, sp;
};
bool tables_exception(const struct machine_place *halted,
		      struct tables_exception *exception);

#endif
