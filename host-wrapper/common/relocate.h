/*
 * The relocations of a static PIE, applied by the host: the guest's start code has none
 * to do. One file an architecture.
 */
#ifndef JUMPSLOT_RELOCATE_H
#define JUMPSLOT_RELOCATE_H

#include "message.h"
#include "plan.h"

/*
 * Applies all of them, for an image that will run with `base` added to its addresses.
 * `zero` is where address 0 of the image would be in this process; all segments lie there
 * and can be written. Checks that every target lies in a segment that the plan calls
 * writable. Returns 0 or -ENOEXEC. Depends on its arguments alone.
 */
int relocate(const struct plan *plan, uintptr_t zero, uint64_t base,
	     struct message *message);

#endif
