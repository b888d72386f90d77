/*
 * Restarts of the guest. A runner asks for one by its outcome, and the supervisor starts
 * the next runner. The work area can pass from one runner to the next; all else that a
 * runner gets is the same each time.
 */
#ifndef JUMPSLOT_RESTART_H
#define JUMPSLOT_RESTART_H

#include <stdbool.h>

#include "common/message.h"
#include "common/outcome.h"
#include "launcher/scan/imports.h"

/* The work area, if it has to outlive a runner. */
struct restart {
	uint64_t size; /* 0: the runner makes the work area by itself */
	int work_area; /* its memory file; -1: none yet */
};

/* For a guest with these imports and a work area of `size` bytes. */
struct restart restart_init(const struct import_table *table, uint64_t size);

/* Whether a runner that exited with status 0 and left `outcome` asks for a restart. */
bool restart_is_wanted(const struct outcome *outcome);

/*
 * Before each start: makes a work area of zeros, or keeps the present one if `outcome`,
 * of the runner before, asks for a warm restart. Returns 0 or a negative errno.
 */
int restart_prepare(struct restart *restart, const struct outcome *outcome,
		    struct message *message);

/* After the last runner. */
void restart_end(struct restart *restart);

#endif
