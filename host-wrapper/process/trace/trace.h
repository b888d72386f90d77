/*
 * Traced calls: thunks for the imports that the plan watches, and the records of
 * interrupts and waits. Calls of other imports are as they are without this.
 */
#ifndef JUMPSLOT_PROCESS_TRACE_H
#define JUMPSLOT_PROCESS_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/control.h"
#include "common/message.h"
#include "runner/runner.h"

/*
 * Writes a thunk for each import that the plan watches. `functions` holds the address
 * that each import's slot would get, 0 for none; thunks replace those of watched imports.
 * Returns 0 or a negative errno.
 */
int trace_prepare(const struct runner *runner, uintptr_t *functions,
		  struct message *message);

/* Carries out a request that concerns calls, and notes that it is done. On any thread
 * but the guest's, one at a time. */
void trace_control(const struct control_request *request);

/* The guest's entry is about to be called. */
void trace_begin(void);

/* The guest sleeps, or has slept. On its thread. */
void trace_wait(bool begins);

/*
 * A return address in the guest for one that may be the trace's own, with the place of
 * the latter on the stack. `*frame` becomes the caller's frame pointer if it is known.
 * Async-signal-safe.
 */
uintptr_t trace_caller(uintptr_t ret, uintptr_t place, uintptr_t frame, uintptr_t *sp,
		       uintptr_t *bp);

#endif
