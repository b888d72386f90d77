/*
 * The supervisor: starts the runner, waits for it, and says how it ended. It maps
 * nothing of the guest.
 */
#ifndef JUMPSLOT_SUPERVISE_H
#define JUMPSLOT_SUPERVISE_H

#include <stdbool.h>
#include <stdio.h>

#include "common/message.h"
#include "common/outcome.h"

/* How to start a runner. */
struct run {
	const char *runner; /* path of the program */
	int plan;	    /* descriptors that it inherits */
	int guest;
	uint64_t timeout_ns; /* 0: none */
	bool raw;	     /* the terminal on standard input is, while it runs */
	FILE *shown;	     /* where SIGUSR2 has the virtual CPU's state printed */
};

/* How it ended. */
struct ending {
	int status; /* as waitpid() gives it */
	bool timed_out;
	struct outcome outcome; /* what it left; not to be trusted */
};

/* Starts the runner and waits for its end. Returns 0 or a negative errno. */
int supervise(const struct run *run, struct ending *ending, struct message *message);

/* Becomes the runner; returns only if that fails: a negative errno. */
int run_in_place(const struct run *run, struct message *message);

#endif
