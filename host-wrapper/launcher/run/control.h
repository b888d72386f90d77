/*
 * The control of a running guest: a socket that takes commands from processes of the same
 * user, one line each, and answers with text. The supervisor serves it, and passes what
 * concerns calls and interrupts to the runner through a pipe.
 */
#ifndef JUMPSLOT_LAUNCHER_CONTROL_H
#define JUMPSLOT_LAUNCHER_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/control.h"
#include "common/message.h"
#include "common/outcome.h"
#include "irq_lines.h"
#include "launcher/control_command.h"
#include "launcher/link/linked_guest.h"
#include "launcher/trace/trace.h"

enum control_step {
	CONTROL_READS,	  /* its command */
	CONTROL_REQUESTS, /* waits for the runner */
	CONTROL_ANSWERS,
};

/* The client that is served; others wait. */
struct control_client {
	int fd; /* -1: none */
	enum control_step step;
	uint64_t deadline; /* of the step: then the client is dropped */
	char command[CONTROL_MAX_LINE];
	size_t used;
	/* Requests to the runner. */
	uint32_t operation, number; /* of the next one */
	const char *pattern;	    /* in `command`, or NULL */
	const char *provider;	    /* the same, of CONTROL_USE */
	bool is_sent;		    /* all of them */
	char wrong[256]; /* why the command is refused, if that names a function */
	char *text;	 /* of the answer */
	size_t size, sent;
};

/* Changes of an import since the start. */
#define CHANGE_TRACE_ON	 0x1
#define CHANGE_TRACE_OFF 0x2
#define CHANGE_REVOKED	 0x4

struct control {
	int listener; /* -1: there is no control */
	struct control_client client;
	int pipe;	   /* to the runner */
	uint32_t sequence; /* of the last request */
	/* Requests that the runner has not carried out yet, the oldest first. */
	struct control_request *sent;
	size_t sent_count;
	const struct linked_guest *guest;
	uint32_t *used; /* 1 + provider that each import was pointed at; NULL: none was */
	const struct watched_calls *watch; /* which functions are traced at the start */
	unsigned char *changes; /* CHANGE_* of each import; NULL: no command made any */
	bool counts;		/* --stats */
};

/* The guest that is running. */
struct control_target {
	struct trace *trace;
	pid_t runner;
	const struct outcome *outcome;
};

/* Makes the socket and removes it, to know early what hinders it; NULL: nothing does.
 * Returns 0 or a negative errno. */
int control_try(const char *path, struct message *message);

/* Makes the socket, for this user alone, and the pipe. Its other end becomes one of
 * `lines`, which also remove the socket at the end. Returns 0 or a negative errno. */
int control_open(struct control *control, const char *path, struct irq_lines *lines,
		 struct message *message);

/* The descriptor to poll, and its events. */
struct pollfd control_poll(const struct control *control);

/* Returns when to call control_serve() although nothing happened; 0: never. */
uint64_t control_look(const struct control *control);

/* Goes on with the client, and never waits. `is_ready`: poll() has found the event. */
void control_serve(struct control *control, const struct control_target *target,
		   bool is_ready);

/* The guest starts again, with the providers of the command line. Requests that no runner
 * has read yet are for the next one. */
void control_restarted(struct control *control, const struct control_target *target);

/* The guest has ended: tells a client that waits for the runner, and takes no other one:
 * host-wrapper may have to wait for a reader of its last lines. */
void control_end(struct control *control, const struct control_target *target);

#endif
