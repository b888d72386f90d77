/* Limits on what the guest's process may use. */
#ifndef JUMPSLOT_LIMITS_H
#define JUMPSLOT_LIMITS_H

#include "common/message.h"
#include "common/plan.h"

/* Soft and hard limits, for the plan's options. Returns 0 or a negative errno. */
int limits_set(const struct plan *plan, struct message *message);

#endif
