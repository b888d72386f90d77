/*
 * Relocation of a static PIE. The host applies it, so the guest's start code does not
 * have to. One file for each architecture.
 */
#ifndef JUMPSLOT_RELOCATE_H
#define JUMPSLOT_RELOCATE_H

#include "message.h"
#include "plan.h"

/*
 * Applies all relocations for an image that runs with `base` added to its addresses. The
 * segments can be written in this process, and `zero` is where address 0 of the image
 * would be. Refuses a target outside of the segments that the plan calls writable.
 * Depends on its arguments alone. Returns 0 or -ENOEXEC.
 */
int relocate(const struct plan *plan, uintptr_t zero, uint64_t base,
	     struct message *message);

#endif
