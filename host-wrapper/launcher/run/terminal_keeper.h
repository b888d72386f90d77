/*
 * A process that restores the terminal's mode after the process that set it was killed.
 */
#ifndef JUMPSLOT_TERMINAL_KEEPER_H
#define JUMPSLOT_TERMINAL_KEEPER_H

#include "terminal.h"

struct terminal_keeper {
	pid_t process; /* 0: not started */
};

/* Starts it as a child of the calling process, which has no threads. Returns 0 or a
 * negative errno. */
int terminal_keeper_start(struct terminal_keeper *keeper, struct terminal *terminal,
			  struct message *message);

/* Ends it without touching the terminal, and waits for its end. */
void terminal_keeper_end(const struct terminal_keeper *keeper);

#endif
