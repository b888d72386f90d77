/* Thunks of watched imports, to which their slots lead. */
#ifndef JUMPSLOT_TRACE_THUNKS_H
#define JUMPSLOT_TRACE_THUNKS_H

#include <stdint.h>

#include "common/message.h"
#include "runner/runner.h"

/* Prepares runner/trace, and writes a thunk for each import that the plan watches.
 * `functions`: see trace_prepare(). Returns 0 or a negative errno. */
int trace_thunks_make(const struct runner *runner, uintptr_t *functions,
		      struct message *message);

/*
 * A return address in the guest for one that may be the trace's own, with the place of
 * the latter on the stack. `*sp` and `*bp` become the caller's if they are known.
 * Async-signal-safe.
 */
uintptr_t trace_caller(uintptr_t ret, uintptr_t place, uintptr_t frame, uintptr_t *sp,
		       uintptr_t *bp);

#endif
