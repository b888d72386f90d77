/*
 * The guest's fault handler in the process host: between a fault signal's context and the
 * rules of runner/guest_fault.h. Knows nothing of reports: see faults.h.
 */
#ifndef JUMPSLOT_FAULT_HANDLER_H
#define JUMPSLOT_FAULT_HANDLER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"
#include "common/plan.h"
#include "runner/guest_memory.h"

/* Maps the stack for faults, if the guest may set a handler. Returns 0 or a negative
 * errno. */
int fault_handler_prepare(const struct plan *plan, struct guest_memory *memory,
			  struct message *message);

/* In assembly: calls the guest's handler, and stops in an undefined instruction. */
extern const char jumpslot_fault_call[];

/* Sets the guest's handler; 0: none. Returns 0 or -ENOTSUP. Async-signal-safe. */
int fault_handler_set(uintptr_t handler);

/*
 * Changes `context` to continue in the guest's handler. Returns false if there is none or
 * the fault is not the guest's; `*handler` is then the OUTCOME_HANDLER_* to report.
 */
bool fault_handler_enter(const siginfo_t *info, void *context, uint32_t *handler);

/* Whether the signal is that of the instruction after the handler's return. */
bool fault_handler_returned(const siginfo_t *info, const void *context);

/*
 * After the handler's return: changes `context` to continue as the guest decided, and
 * returns true; or changes `context` and `*info` to those of the fault, which is to be
 * reported with `*handler`.
 */
bool fault_handler_decide(siginfo_t *info, void *context, uint32_t *handler);

#endif
