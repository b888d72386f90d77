/*
 * The mode of the terminal on standard input: raw while a guest runs, or QEMU's, and
 * restored afterwards. One process enters and leaves; keeper.h restores the mode if that
 * process is killed. Knows nothing of runners.
 */
#ifndef JUMPSLOT_TERMINAL_H
#define JUMPSLOT_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "common/message.h"

/* In memory that is shared with the keeper. */
struct terminal {
	struct termios before; /* while raw: the mode to restore */
	struct termios raw;
	bool is_raw; /* by us, or about to be */
	pid_t group; /* the job's process group */
};

/*
 * Prepares for the terminal on standard input; does not change its mode. If standard
 * input is not a terminal, *terminal is NULL, and the functions below do nothing for it.
 * Returns 0 or a negative errno.
 */
int terminal_open(struct terminal **terminal, struct message *message);

/*
 * In the foreground, sets raw mode; also if it is set already, as another process may
 * have changed it. In the background, leaves: the terminal belongs to the foreground.
 */
void terminal_enter(struct terminal *terminal);

/* Notes the mode for terminal_leave() before QEMU sets its own. */
void terminal_lend(struct terminal *terminal);

/* Tells whether raw mode is still to be set. No signal announces the time for it: some
 * shells move a running job to the foreground without SIGCONT. */
bool terminal_is_awaited(const struct terminal *terminal);

/* Restores the earlier mode, unless another process has taken over the terminal. */
void terminal_leave(struct terminal *terminal);

/* Frees it; after terminal_leave(). */
void terminal_close(struct terminal *terminal);

#endif
