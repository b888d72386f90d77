/*
 * Starting the guest anew: this program executes itself, with the plan, the guest's file
 * and the page to report through as at the start; warm, also with the work area, which is
 * then a memory file. Knows nothing of why.
 */
#ifndef JUMPSLOT_RESET_H
#define JUMPSLOT_RESET_H

#include <stdbool.h>

#include "common/message.h"

/* Arguments of this program. */
enum { RESET_PLAN = 1, RESET_GUEST, RESET_OUTCOME, RESET_WORK_AREA, RESET_ARGUMENTS };

/*
 * With the plan read, and before anything else is opened: keeps the descriptors of the
 * command line, and notes which others there are. Returns 0 or a negative errno.
 */
int reset_prepare(char **arguments, struct message *message);

/* Whether the guest may ask for it: it imports a function that can. */
bool reset_is_possible(void);

/* Then backs the work area, which is mapped, by a memory file: after a warm reset, the
 * one from before. Returns 0 or a negative errno. */
int reset_share_work_area(struct message *message);

/* The guest is to start anew once it was left. Async-signal-safe. */
void reset_request(bool warm);

/* If that was requested: does not return, but for an error, a negative errno. */
int reset_perform(struct message *message);

#endif
