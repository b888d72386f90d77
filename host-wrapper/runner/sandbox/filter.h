/* The plan's filter of system calls, put in force by seccomp. */
#ifndef JUMPSLOT_RUNNER_FILTER_H
#define JUMPSLOT_RUNNER_FILTER_H

#include <stdbool.h>

#include "common/message.h"
#include "common/plan.h"
#include "sandbox.h"

/* Whether the filter tells descriptors that are opened later from all others. */
bool filter_tells_opened(const struct plan *plan);

/* For all threads of the process; no_new_privs is set. Returns 0 or a negative errno. */
int filter_install(const struct plan *plan, const struct sandbox_values *values,
		   struct message *message);

#endif
