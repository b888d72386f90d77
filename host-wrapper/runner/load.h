/*
 * Loads the plan's segments into memory. Pages of the file are mapped, not copied.
 */
#ifndef JUMPSLOT_LOAD_H
#define JUMPSLOT_LOAD_H

#include <stddef.h>

#include "common/message.h"
#include "runner.h"

/* Unmapped bytes below and above stack and work area: more than most frames have, so that
 * a stack that overflows does not step over them. */
#define LOAD_GUARD ((size_t)0x1000000)

/*
 * Maps all segments of the file `fd`, readable and writable for now, and clears what the
 * file does not fill. Sets `*base`, which is added to addresses of the image. Overwrites
 * nothing that is mapped already. Returns 0, or a negative errno and a line.
 */
int load_segments(const struct plan *plan, int fd, uintptr_t *base,
		  struct message *message);

/* Gives each segment its own protection, and adds it to the guest's memory. */
int load_protect(const struct plan *plan, uintptr_t base, struct guest_memory *memory,
		 struct message *message);

/*
 * Maps the initial stack and the work area, LOAD_GUARD at both ends of each. `file` is
 * the work area's memory file, for a guest that may restart; -1: it has none.
 */
int load_areas(struct runner *runner, int file, struct message *message);

#endif
