/*
 * The guest's slots, as the host writes them: which function each one holds at the start,
 * by the first call, and when the control points an import elsewhere.
 */
#ifndef JUMPSLOT_BINDINGS_H
#define JUMPSLOT_BINDINGS_H

#include <stdint.h>
#include <stdio.h>

#include "common/message.h"
#include "resolver/resolver.h"
#include "runner.h"

/* The address through which a slot, or the resolver's pointer, is written. `alias`: where
 * the pages of slots are mapped a second time, writable; 0: they are writable where they
 * are. */
uintptr_t *bindings_writable(const struct runner *runner, uintptr_t alias, uint64_t slot);

/*
 * Makes the table of bindings, and binds what is bound before the start. `functions`: the
 * address to which each import's slot leads, 0 for none. Segments must have their final
 * contents. Returns NULL and a line without memory.
 */
struct jumpslot_resolver *bindings_make(const struct runner *runner, uintptr_t alias,
					const uintptr_t *functions,
					struct message *message);

/* Notes for the supervisor which imports are bound, if it asks. Async-signal-safe. */
void bindings_note(void);

/* Makes calls of import `index` go to `target`; 0: makes them a fault. The next call goes
 * there. Not from a signal handler; one caller at a time. */
void bindings_retarget(uint32_t index, uintptr_t target);

/* Prints which imports are bound, and which never were. */
void bindings_print(const struct plan *plan, FILE *out);

#endif
