/*
 * Watched imports: those whose calls are traced, counted or changed by a policy, or may
 * be later; and the records of interrupts and waits. Calls of other imports are as they
 * are without this. A host says where calls of a watched import go
 * (host_watched_target()).
 */
#ifndef JUMPSLOT_RUNNER_TRACE_H
#define JUMPSLOT_RUNNER_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/control.h"
#include "common/message.h"
#include "runner/runner.h"
#include "trace_call.h"

/*
 * Describes each import that the plan watches. `functions` holds the address to which
 * each import's slot would lead, 0 for none, and then those of the standbys. Returns 0 or
 * a negative errno.
 */
int trace_prepare(const struct plan *plan, const uintptr_t *functions,
		  struct message *message);

/* Those of plan_watched(), in its order; NULL: none. */
struct trace_function *trace_functions(void);

/* Whether it is one of them. The guest could write a pointer that is not. */
bool trace_has_function(const struct trace_function *function);

/* Changes the addresses of imports whose calls are watched from the start. */
void trace_watch(const struct plan *plan, uintptr_t *functions);

/* Whether a call now has to be recorded, counted or decided by the policy. */
bool trace_is_active(const struct trace_function *function);

/* Carries out a request that concerns calls, and notes that it is done. On any thread
 * but the guest's, one at a time. */
void trace_control(const struct control_request *request);

/* The guest's entry is about to be called. */
void trace_begin(void);

/* The guest, with that stack, sleeps or has slept. On its thread, while no interrupt can
 * be delivered. */
void trace_wait(bool begins, uintptr_t stack);

#endif
