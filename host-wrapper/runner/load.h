/*
 * Loading: from the plan's segments to memory, pages of the file mapped and not copied.
 */
#ifndef JUMPSLOT_LOAD_H
#define JUMPSLOT_LOAD_H

#include <stddef.h>

#include "common/message.h"

/* Bytes below and above stack and work area that stay unmapped: more than most
 * frames have, so that a stack that overflows does not step over them. */
#define LOAD_GUARD ((size_t)0x1000000)

/*
 * Maps all segments, readable and writable for now, clears what the file does not fill,
 * and sets guest.base. Overwrites nothing that is mapped already. Returns 0, or a
 * negative errno and a line.
 */
int load_segments(struct message *message);

/* Gives each segment its own protection, and enters it as guest memory. */
int load_protect(struct message *message);

/*
 * Maps the initial stack and the work area, LOAD_GUARD at both ends of each. `file` is
 * the work area's memory file, for a guest that may restart; -1: it has none.
 */
int load_areas(int file, struct message *message);

#endif
