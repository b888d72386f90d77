/* The guest's slots: where its calls lead, and the first call. */
#ifndef JUMPSLOT_KVM_SLOTS_H
#define JUMPSLOT_KVM_SLOTS_H

#include <stdint.h>

#include "common/message.h"
#include "runner/runner.h"

/* Replaces the addresses of the plan's functions by those to which slots lead: thunks,
 * which it writes, and functions that run inside. 0 stays: the function is missing. */
void slots_find_targets(const struct plan *plan, uintptr_t *functions);

/* Makes the bindings and the resolver's pointer, and makes whole pages of slots read-only
 * to the guest. Returns 0 or a negative errno. */
int slots_prepare(struct runner *runner, const uintptr_t *targets,
		  struct message *message);

/* The doorbell of the first call: binds the import whose table entry is at `entry`. */
void slots_bind(uintptr_t entry);

#endif
