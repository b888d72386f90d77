/*
 * Faults that the guest handles itself: into its handler, and back with its decision.
 *
 * The signal's handler writes a struct jumpslot_fault onto a stack for faults, and
 * returns into the guest's handler. That ends in an undefined instruction, whose signal
 * brings us back with the decision: slow, but nothing to get wrong. One assembly file and
 * one C file an architecture. Knows nothing of reports: those are faults.h's.
 */
#ifndef JUMPSLOT_GUEST_FAULT_H
#define JUMPSLOT_GUEST_FAULT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jumpslot/abi/fault.h>
#include "common/message.h"

/* Maps the stack, if the guest may set a handler. Returns 0 or a negative errno. */
int guest_fault_prepare(struct message *message);

/* The guest's handler from now on; 0: none. 0 or -ENOTSUP. Async-signal-safe. */
int guest_fault_set(uintptr_t handler);

/*
 * Has `context` go on in the guest's handler, if there is one and the fault is one for
 * it. Otherwise returns false, and `*handler` is OUTCOME_HANDLER_* to report.
 */
bool guest_fault_deliver(const siginfo_t *info, void *context, uint32_t *handler);

/* Whether the guest's handler has returned. */
bool guest_fault_returned(const siginfo_t *info, const void *context);

/*
 * Then: has `context` go on as was decided, and returns true; or makes it that of the
 * fault, and `*info` too, to be reported, with `*handler`.
 */
bool guest_fault_decide(siginfo_t *info, void *context, uint32_t *handler);

/* The privileged instruction that a fault of the guest's is due to, as
 * privileged_find() of privileged.h numbers them, or PRIVILEGED_NONE. */
uint32_t guest_fault_privileged(const siginfo_t *info, const void *context);

/* In assembly: calls the handler, and where that has returned. */
extern const char jumpslot_fault_call[];
extern const char jumpslot_fault_returned[];

/* Where in the registers of a signal's context a field of struct jumpslot_fault is. */
struct fault_field {
	size_t offset;
	int number;
};
extern const struct fault_field fault_fields[];
extern const size_t fault_field_count;

/* Whether `context` stands where that handler was called from. */
bool fault_frame_is_at(const void *context, const struct jumpslot_fault *frame);

/* To go on in jumpslot_fault_call, or in jumpslot_leave(). */
void fault_frame_enter(void *context, struct jumpslot_fault *frame, uintptr_t handler);
void fault_frame_leave(void *context, struct jumpslot_fault *frame, int status);

#endif
