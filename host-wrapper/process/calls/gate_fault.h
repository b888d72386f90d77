/*
 * Faults in the gate and in host functions: the broken promise, and the host functions in
 * progress. For the fault handler.
 */
#ifndef JUMPSLOT_GATE_FAULT_H
#define JUMPSLOT_GATE_FAULT_H

#include <signal.h>
#include <stdbool.h>

#include "common/outcome.h"

/*
 * Handles a fault of the gate's copy loop, which reads an upper bound of the arguments
 * and so past the end of the guest's memory, where no argument can be: skips the rest of
 * that page. Returns false for any other fault.
 */
bool gate_fault_recover(const siginfo_t *info, void *context);

/* Describes the host functions that have not returned, without a signal. */
void gate_fault_describe_host(struct outcome *outcome);

/* Adds to the description by the signal. Async-signal-safe. */
void gate_fault_describe(struct outcome *outcome, const siginfo_t *info,
			 const void *context);

#endif
