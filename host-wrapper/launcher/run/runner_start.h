/*
 * Starts a runner: this process becomes one, or a child does.
 */
#ifndef JUMPSLOT_RUNNER_START_H
#define JUMPSLOT_RUNNER_START_H

#include <signal.h>
#include <sys/types.h>

#include "guest_processes.h"
#include "supervise.h"

/* A child to start. */
struct runner_start {
	const struct run *run;
	const struct guest_processes *processes;
	int outcome; /* descriptors that it inherits; -1: none */
	int work_area;
	int trace;
	const sigset_t *mask; /* its signal mask */
};

/* Starts a child. Returns its process number and sets `*pidfd`, or returns a negative
 * errno. A child that cannot become a runner says so and exits with EXIT_FAILED. */
pid_t runner_start(const struct runner_start *start, int *pidfd, struct message *message);

#endif
