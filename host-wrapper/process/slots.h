/*
 * The guest's slots: a second mapping to patch them through, and what they hold when
 * the guest starts.
 */
#ifndef JUMPSLOT_SLOTS_H
#define JUMPSLOT_SLOTS_H

#include <stdint.h>
#include <stdio.h>

#include "common/message.h"

/*
 * Makes the table of bindings, fills in the resolver pointer, binds what is bound
 * before the start, and makes whole pages of slots read-only to the guest.
 * `functions`: the address of each import's function, 0 for none. Segments have their
 * final protection by then. Returns 0 or a negative errno.
 */
int slots_prepare(const uintptr_t *functions, struct message *message);

/* Prints which imports were bound by now, and which never were. */
void slots_print_bound(FILE *out);

#endif
