/* Waiting for a debugger before the guest's first instruction. */
#ifndef JUMPSLOT_RUNNER_DEBUGGER_H
#define JUMPSLOT_RUNNER_DEBUGGER_H

#include <stdbool.h>

#include "common/message.h"
#include "common/plan.h"

/* Whether a debugger, or any other tracer, is attached to this process. */
bool debugger_is_attached(void);

/*
 * With --wait-gdb, prints the command that attaches gdb to this process, and returns when
 * it has. Call it while system calls are not confined. Returns 0 or a negative errno.
 */
int debugger_wait(const struct plan *plan, struct message *message);

#endif
