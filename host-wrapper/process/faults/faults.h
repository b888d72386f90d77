/*
 * Faults that the guest does not handle itself. The runner describes the signal for the
 * supervisor, which prints a line, and then the signal ends the runner.
 */
#ifndef JUMPSLOT_FAULTS_H
#define JUMPSLOT_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "common/outcome.h"
#include "process/signals/segments_x86.h"

/* Catches fault signals, on a stack of their own. Returns 0 or a negative errno. */
int faults_catch(struct message *message);

/*
 * Ends the guest with an outcome of that kind and detail, as if `context` had faulted.
 * Does not return. Async-signal-safe.
 */
void faults_end(uint32_t kind, uint32_t detail, const void *context);

/*
 * The same for a frame of `bytes` below `sp` that is more than the task's stack has, also
 * outside of signal handlers. `near`: a place in the guest if `pc` is not, or 0.
 */
void faults_end_stack_full(uintptr_t pc, uintptr_t sp, uintptr_t near, size_t bytes);

/*
 * The same for a call that rule `rule` of the policy denies, also outside of signal
 * handlers. `pc`, `sp` and `bp`: the guest's, after the call.
 */
void faults_end_denied(uint32_t import, uint32_t rule, uintptr_t pc, uintptr_t sp,
		       uintptr_t bp);

/* Whether `here` is on the signal stack, which only the guest's thread has. */
bool faults_on_stack(const void *here) WITHOUT_SEGMENTS;

#endif
