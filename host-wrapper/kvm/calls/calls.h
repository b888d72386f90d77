/*
 * Trapped calls: host functions that the guest calls by the gate inside, and the guest
 * code that they call back.
 */
#ifndef JUMPSLOT_CALLS_H
#define JUMPSLOT_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/message.h"
#include "common/outcome.h"
#include "common/plan.h"

/* Keeps the addresses of all functions of the plan, 0 for one that is missing, and checks
 * how their calls are carried. Returns 0 or a negative errno. */
int calls_prepare(const struct plan *plan, const uintptr_t *addresses,
		  struct message *message);

/* The largest number of bytes that a call takes of the guest's stack. */
size_t calls_frame_size(void);

/* The signal mask of guest code, that of the caller. */
void calls_start(void);

/* Whether a host function is in progress, callbacks included. Async-signal-safe. */
bool calls_in_progress(void);

/* Whether guest code runs: no host function, or one that has called back.
 * Async-signal-safe. */
bool calls_in_guest(void);

/* The doorbells: a call by the frame at `frame`; and the return of a callback, after
 * which the loop of that callback ends. */
void calls_serve(uintptr_t frame);
void calls_end_callback(uintptr_t frame);

/* The guest's entry has returned: no host function may be in progress. */
void calls_end(void);

/* The guest has ended, whatever is in progress. */
void calls_forget(void);

/* Describes host functions that have not returned, and the last call.
 * Async-signal-safe. */
void calls_describe(struct outcome *outcome);

#endif
