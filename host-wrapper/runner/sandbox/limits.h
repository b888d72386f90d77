/* Limits on what the guest's process may use. */
#ifndef JUMPSLOT_LIMITS_H
#define JUMPSLOT_LIMITS_H

#include <stdbool.h>

#include "common/message.h"

/* Soft and hard limits. `processes`: the filter allows new threads or processes. Returns
 * 0 or a negative errno. */
int limits_set(bool processes, struct message *message);

#endif
