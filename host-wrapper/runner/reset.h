/*
 * A reset of the guest: this runner leaves an outcome and ends, and the supervisor starts
 * another with the same plan; after a warm reset, also with the same work area.
 */
#ifndef JUMPSLOT_RESET_H
#define JUMPSLOT_RESET_H

#include <stdbool.h>

#include "common/message.h"
#include "common/outcome.h"

/* Requests a restart, to be performed after host_leave(). Async-signal-safe. */
void reset_request(bool warm);

/* Ends this process if a restart was requested. Returns 0 if it was not, and a negative
 * errno if no restart is possible. */
int reset_perform(struct outcome *outcome, struct message *message);

#endif
