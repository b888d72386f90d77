/*
 * The cause of a fault signal: whether the guest is at fault, and with which instruction.
 * Async-signal-safe.
 */
#ifndef JUMPSLOT_FAULT_CAUSE_H
#define JUMPSLOT_FAULT_CAUSE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "runner/guest_fault.h"

/* Whether the kernel gives an address that was accessed. */
bool fault_has_address(const siginfo_t *info);

/*
 * Whether the guest's own code faulted, with no host function in progress; a jump of the
 * guest to an address without code is one, too.
 */
bool fault_is_guests(const siginfo_t *info, const void *context);

/* Whether an instruction accessed its own first byte: it did not jump there. */
bool fault_is_own_access(const siginfo_t *info, const void *context);

/* The number of the privileged instruction at `pc` that caused the fault
 * (common/privileged.h), or PRIVILEGED_NONE. */
uint32_t fault_privileged(const siginfo_t *info, uintptr_t pc);

struct fault_cause fault_cause(const siginfo_t *info, uintptr_t pc);

#endif
