/*
 * Faults at the gate, and behind it: which promise was broken, and which host functions
 * were under way. For the fault handler.
 */
#ifndef JUMPSLOT_GATE_FAULT_H
#define JUMPSLOT_GATE_FAULT_H

#include <signal.h>
#include <stdbool.h>

#include "common/outcome.h"

/*
 * Whether the fault is but the gate's, which copied arguments beyond the end of the
 * guest's memory, where none of them can be: it then goes on without the rest of that
 * page.
 */
bool gate_fault_mend(const siginfo_t *info, void *context);

/* Adds to what the signal itself says; async-signal-safe. */
void gate_fault_describe(struct outcome *outcome, const siginfo_t *info,
			 const void *context);

#endif
