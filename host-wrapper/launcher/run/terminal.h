/*
 * The terminal on standard input while a guest runs that reads key by key: raw, and put
 * back to what it was. Whoever enters and leaves is one process; that it leaves although
 * it is killed is terminal_keeper.h's. Knows nothing of runners.
 */
#ifndef JUMPSLOT_TERMINAL_H
#define JUMPSLOT_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "common/message.h"

/* Lies in memory that is shared with the keeper. */
struct terminal {
	struct termios before; /* while raw: what to put back */
	struct termios raw;
	bool is_raw; /* by us, or about to be */
	pid_t group; /* the process group whose job this is */
	pid_t keeper;
};

/*
 * Prepares for the terminal on standard input, and starts its keeper; changes no mode. If
 * there is none, *terminal is NULL, for which the functions below do nothing. Returns 0
 * or a negative errno.
 */
int terminal_open(struct terminal **terminal, struct message *message);

/*
 * In the foreground, sets raw mode; once more, if it is set already and somebody else may
 * have changed it. In the background, leaves: the terminal is the foreground's.
 */
void terminal_enter(struct terminal *terminal);

/* Whether it is still to be entered, of which no signal tells: some shells move what runs
 * from the background to the foreground without one. */
bool terminal_is_awaited(const struct terminal *terminal);

/* Puts the mode of before back, unless somebody else has taken the terminal over. */
void terminal_leave(struct terminal *terminal);

/* Leaves, and waits for the end of the keeper: from then on nobody changes the mode. */
void terminal_close(struct terminal *terminal);

#endif
