/*
 * The guest's slots: their contents when the guest starts, and a second mapping through
 * which they are written where the guest's own is read-only.
 */
#ifndef JUMPSLOT_SLOTS_H
#define JUMPSLOT_SLOTS_H

#include <stdio.h>

#include "common/message.h"
#include "runner/runner.h"

/*
 * Makes the table of bindings, fills in the resolver pointer, binds what is bound before
 * the start, and makes whole pages of slots read-only to the guest. `functions`: the
 * address of each import's function, 0 for none. Segments must have their final
 * protection. Returns 0 or a negative errno.
 */
int slots_prepare(struct runner *runner, const uintptr_t *functions,
		  struct message *message);

/* Notes for the supervisor which imports are bound, if it asks. Async-signal-safe. */
void slots_note_bound(void);

/* Makes calls of import `index` go to `target`; 0: makes them a fault. The next call goes
 * there. Not from a signal handler; one caller at a time. */
void slots_retarget(uint32_t index, uintptr_t target);

/* Prints which imports are bound, and which never were. */
void slots_print_bound(const struct plan *plan, FILE *out);

#endif
