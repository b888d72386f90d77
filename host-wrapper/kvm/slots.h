/* The guest's slots: where its calls lead, and the first call. */
#ifndef JUMPSLOT_KVM_SLOTS_H
#define JUMPSLOT_KVM_SLOTS_H

#include <stdint.h>
#include <stdio.h>

#include "common/message.h"
#include "runner/runner.h"

/* Writes thunks and the resolver's pointer, binds what is bound before the start, and
 * makes whole pages of slots read-only to the guest. `functions`: 0 for those that are
 * missing. Returns 0 or a negative errno. */
int slots_prepare(struct runner *runner, const uintptr_t *functions,
		  struct message *message);

/* The doorbell of the first call: binds the import whose table entry is at `entry`. */
void slots_bind(uintptr_t entry);

/* Prints which imports are bound, and which never were. */
void slots_print_bound(const struct plan *plan, FILE *out);

#endif
