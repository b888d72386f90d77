/*
 * A process that cleans up after the process that started it was killed: it restores the
 * terminal's mode, and removes files.
 */
#ifndef JUMPSLOT_KEEPER_H
#define JUMPSLOT_KEEPER_H

#include <sys/types.h>

#include "common/message.h"

struct keeper {
	pid_t process; /* 0: not started */
};

/* Starts it as a child of the calling process, which has no threads. It calls
 * `clean_up(argument)` after that process's death. Returns 0 or a negative errno. */
int keeper_start(struct keeper *keeper, void (*clean_up)(const void *),
		 const void *argument, struct message *message);

/* Ends it without cleaning up, and waits for its end. */
void keeper_end(const struct keeper *keeper);

#endif
