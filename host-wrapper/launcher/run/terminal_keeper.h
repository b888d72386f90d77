/*
 * A process that puts the terminal's mode back when the one that set it was killed.
 */
#ifndef JUMPSLOT_TERMINAL_KEEPER_H
#define JUMPSLOT_TERMINAL_KEEPER_H

#include "terminal.h"

/* Starts it as a child of the calling process, which has no threads. Returns 0 or a
 * negative errno. */
int terminal_keeper_start(struct terminal *terminal);

/* Ends it, with nothing done, and waits for that. */
void terminal_keeper_end(const struct terminal *terminal);

#endif
