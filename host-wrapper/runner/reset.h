/*
 * Starting the guest anew: this runner ends and leaves an outcome, and the supervisor
 * starts another with the same plan; warm, also with the same work area. Knows nothing of
 * why.
 */
#ifndef JUMPSLOT_RESET_H
#define JUMPSLOT_RESET_H

#include <stdbool.h>

#include "common/message.h"
#include "common/outcome.h"

/* The guest starts anew once it was left. Async-signal-safe. */
void reset_request(bool warm);

/* Ends this process if that was requested; returns a negative errno if that leads to no
 * restart, and 0 if it was not requested. */
int reset_perform(struct outcome *outcome, struct message *message);

#endif
