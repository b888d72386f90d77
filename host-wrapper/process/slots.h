/*
 * The guest's slots: a second mapping through which they are written where the guest's
 * own is read-only. See runner/bindings.h for their contents.
 */
#ifndef JUMPSLOT_SLOTS_H
#define JUMPSLOT_SLOTS_H

#include "common/message.h"
#include "runner/runner.h"

/*
 * Makes the bindings, fills in the resolver pointer, binds what is bound before
 * the start, and makes whole pages of slots read-only to the guest. `functions`: the
 * address of each import's function, 0 for none. Segments must have their final
 * protection. Returns 0 or a negative errno.
 */
int slots_prepare(struct runner *runner, const uintptr_t *functions,
		  struct message *message);

#endif
