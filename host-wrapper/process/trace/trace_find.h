/*
 * Finds the watched call that is in progress on a stack of the guest, for the report of a
 * fault or a time-out. A gated function is known from the gate; this is for a direct one,
 * and for a call that the policy holds up.
 */
#ifndef JUMPSLOT_TRACE_FIND_H
#define JUMPSLOT_TRACE_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "common/plan.h"

struct trace_found {
	const struct plan_watched *watched;
	bool is_delayed;      /* by the policy */
	uintptr_t pc, sp, bp; /* of the caller, at the call; bp: 0 if it is not known */
};

/*
 * Searches the stack from `sp` on for the innermost call. Returns false if there is none.
 * Reads the guest's memory alone, whose words it does not trust. Async-signal-safe.
 */
bool trace_find(uintptr_t sp, struct trace_found *found);

#endif
