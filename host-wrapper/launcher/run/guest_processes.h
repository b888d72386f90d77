/*
 * The guest's processes: its runner, and every process that the runner or the guest
 * leaves. They live in a PID namespace of their own if the system allows one, and
 * otherwise below this process as their subreaper. Knows nothing of terminals, time-outs
 * or reports.
 *
 * In a PID namespace, no process of the guest can name one outside it: signals, ptrace()
 * and limits by process number reach none. Its first process is a child of this one that
 * only waits; the runner is never the first, whose own signals the kernel would drop.
 */
#ifndef JUMPSLOT_GUEST_PROCESSES_H
#define JUMPSLOT_GUEST_PROCESSES_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/message.h"

/* The layer that is in force. */
enum guest_processes_layer {
	GUEST_PROCESSES_NAMESPACE,	/* a PID namespace */
	GUEST_PROCESSES_USER_NAMESPACE, /* a PID namespace in a user namespace */
	GUEST_PROCESSES_SUBREAPER,	/* no namespace is allowed */
};

#define GUEST_PROCESSES_SPARED 2

struct guest_processes {
	enum guest_processes_layer layer;
	int refusal; /* the errno if no namespace is allowed, or 0 */
	/* Of the guest's processes: the terminal's keys do not reach them, and no signal
	   to their own process group reaches this process. */
	bool own_session;
	pid_t first; /* process 1 of the namespace; 0: there is none */
	int control; /* socket to it; -1: none */
	int pidfd;   /* of it; -1: none */
	/* Of children of this process that are not the guest's: their numbers, 0 while
	   there is none; or NULL. */
	const pid_t *spared[GUEST_PROCESSES_SPARED];
};

/*
 * Chooses a layer, and makes this process undumpable, so that no process of the same user
 * can trace it or write to its memory. Children of this process are the guest's from here
 * on, except those of `spared` (NULL: none). Called once, by a process without other
 * threads. Returns 0 or a negative errno.
 */
int guest_processes_start(struct guest_processes *processes, const pid_t *const *spared,
			  struct message *message);

/* For a child of this process, `parent`, before exec: leaves it no way to its parent, and
 * ends it together with its parent. Async-signal-safe. */
void guest_processes_join(const struct guest_processes *processes, pid_t parent);

/*
 * Kills every process of the guest, and returns when all of them have ended. The runner
 * has been waited for. Returns false if process 1 of the namespace is gone, or does not
 * answer for ten seconds: then the namespace is ended, too, and no child can start any
 * more.
 */
bool guest_processes_kill(struct guest_processes *processes);

/* Why no child could start after guest_processes_kill(). */
#define GUEST_PROCESSES_NO_ANSWER "process 1 of the namespace did not answer"

/* Kills every process of the guest, and the namespace. No child can start after it. Waits
 * at most ten seconds for processes that the kernel cannot interrupt. */
void guest_processes_end(struct guest_processes *processes);

/* For --sandbox=strict: returns -EPERM with a line if there is no PID namespace. */
int guest_processes_require_namespace(const struct guest_processes *processes,
				      struct message *message);

/* The layer's name for reports: "pid namespace" and so on. */
const char *guest_processes_name(const struct guest_processes *processes);

#endif
