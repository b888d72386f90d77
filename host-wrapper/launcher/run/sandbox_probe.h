/*
 * Finds out whether the kernel gives the layers that every start needs (common/layers.h),
 * for a report of the sandbox without a start.
 */
#ifndef JUMPSLOT_SANDBOX_PROBE_H
#define JUMPSLOT_SANDBOX_PROBE_H

#include <stdbool.h>

#include "common/message.h"

/* Tries them in a child of this process, which has no threads. The arguments are those of
 * layers_limits(). Returns 0, or a negative errno with the line that a start would end
 * with. */
int sandbox_probe(bool core, bool processes, struct message *message);

#endif
