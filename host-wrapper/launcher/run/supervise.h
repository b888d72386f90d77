/*
 * The supervisor: starts the runner, waits for its end, and returns how it ended. It maps
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
	bool raw;	     /* put the terminal on standard input in raw mode */
	FILE *shown;	     /* where to print the virtual CPU on SIGUSR2 */
};

/* How it ended. */
struct run_result {
	int status; /* as waitpid() gives it */
	bool timed_out;
	struct outcome outcome; /* as the runner left it; not trusted */
};

/* Starts the runner and waits for its end. Returns 0 or a negative errno. */
int supervise(const struct run *run, struct run_result *result, struct message *message);

/* Becomes the runner; returns only if that fails: a negative errno. */
int run_in_place(const struct run *run, struct message *message);

#endif
