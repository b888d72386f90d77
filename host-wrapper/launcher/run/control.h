/*
 * The control of a running guest: a socket that takes commands from processes of the same
 * user, one line each, and answers with text. The supervisor serves it, and passes what
 * concerns calls and interrupts to the runner through a pipe.
 */
#ifndef JUMPSLOT_LAUNCHER_CONTROL_H
#define JUMPSLOT_LAUNCHER_CONTROL_H

#include <sys/types.h>

#include "common/message.h"
#include "common/outcome.h"
#include "irq_lines.h"
#include "launcher/link/linked_guest.h"
#include "launcher/trace/trace.h"

struct control {
	int listener; /* -1: there is no control */
	int pipe;     /* to the runner */
	uint32_t sequence;
	const struct linked_guest *guest;
	bool counts; /* --stats */
};

/* The guest that is running. */
struct control_target {
	struct trace *trace;
	pid_t runner;
	const struct outcome *outcome;
};

/* Makes the socket, for this user alone, and the pipe. Its other end becomes one of
 * `lines`, which also remove the socket at the end. Returns 0 or a negative errno. */
int control_open(struct control *control, const char *path, struct irq_lines *lines,
		 struct message *message);

/* Serves one client that waits. */
void control_serve(struct control *control, const struct control_target *target);

#endif
