/*
 * Signals of the supervisor that concern the guest: they are blocked, read one by one,
 * and passed on to the runner. A runner that makes way for the next one may not take a
 * signal any more; the next runner gets it then, once.
 */
#ifndef JUMPSLOT_SIGNALS_H
#define JUMPSLOT_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "common/message.h"
#include "common/outcome.h"

/* Asks for the state of the virtual CPU. */
#define SIGNALS_SHOW_VCPU SIGUSR2

struct signals {
	int fd;		 /* readable while a signal of `mask` is pending */
	bool keys_reach; /* the terminal's keys signal the runner without our help */
	sigset_t mask;	 /* blocked, and taken one by one */
	sigset_t old;	 /* the mask before, and of the runner */
	sigset_t missed; /* for the next runner */
};

/* A signal that was read. */
struct signals_one {
	int number;
	bool from_kernel; /* as for the terminal's keys */
};

/*
 * Takes the next signal of `mask`, which is blocked; returns false if none is pending.
 * SIGTSTP is taken by signals_stop() alone, and counts as one of a process: until this
 * process stops, SIGCONT can take it back.
 */
bool signals_take(const sigset_t *mask, struct signals_one *one);

/* Stops this process if SIGTSTP is still pending, until SIGCONT. Not in an orphaned
 * process group, which the kernel does not stop. */
void signals_stop(void);

/* Blocks the signals. Returns 0 or a negative errno. */
int signals_block(struct signals *signals, bool keys_reach, struct message *message);

/* The same for the signals that this blocks. */
bool signals_next(const struct signals *signals, struct signals_one *one);

/* Passes a signal on if it is one of those that guests get. */
void signals_pass_on(struct signals *signals, const struct signals_one *one, pid_t runner,
		     const struct outcome *outcome);

/* Before a runner starts: keeps the signals that are pending, which no runner has. */
void signals_keep_pending(struct signals *signals);

/* After it has started: gives it the signals that were kept. */
void signals_pass_kept(struct signals *signals, pid_t runner,
		       const struct outcome *outcome);

/* After a runner has asked for a restart, and ended: keeps the signals that it had
 * blocked. */
void signals_keep_blocked(struct signals *signals, const struct outcome *outcome);

/* Drops pending signals: one for a guest that has ended must not end us before we report
 * that. Restores the mask. */
void signals_restore(struct signals *signals);

#endif
