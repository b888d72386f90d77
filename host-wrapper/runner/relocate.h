/*
 * The relocations of a static PIE, applied by the host: the guest's start code has none
 * to do. One file an architecture.
 */
#ifndef JUMPSLOT_RELOCATE_H
#define JUMPSLOT_RELOCATE_H

#include "common/message.h"

/*
 * Applies all of them; every target is checked to lie in a writable segment.
 * To be called while segments are still writable. Returns 0 or -ENOEXEC.
 */
int relocate(struct message *message);

#endif
