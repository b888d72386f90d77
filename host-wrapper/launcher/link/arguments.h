/*
 * Where the arguments of a call are, by the function's type string and the guest's
 * machine. For traces: unlike the bound of call_mode.h this is exact, and ends before the
 * first argument whose place depends on more than its type. Computes only.
 */
#ifndef JUMPSLOT_ARGUMENTS_H
#define JUMPSLOT_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/trace.h"

struct argument_place {
	char letter;	/* of the type string; 'S' is a structure in memory */
	uint32_t place; /* PLAN_PLACE_* of common/plan.h */
	uint64_t size;	/* of a structure */
};

struct arguments {
	struct argument_place places[TRACE_MAX_ARGUMENTS];
	size_t count;
	bool complete;	     /* all arguments are among them */
	bool stack_is_exact; /* `stack_bytes` is the size of the arguments on the stack */
	uint32_t stack_bytes;
	char result;	      /* letter */
	uint32_t result_kind; /* PLAN_RESULT_* */
};

/* `type`: NULL: unknown. `flags`: JUMPSLOT_*. `machine`: EM_*. */
void arguments_find(struct arguments *arguments, const char *type, uint32_t flags,
		    unsigned machine);

#endif
