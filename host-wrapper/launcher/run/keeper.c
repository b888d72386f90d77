/*
 * Waits for its parent's death by PR_SET_PDEATHSIG. A pipe would not do: another process
 * could hold its other end open. See keeper.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/close_range.h"
#include "keeper.h"

/* The argument of the child. */
struct cleaning {
	void (*clean_up)(const void *);
	const void *argument;
	pid_t parent;
};

/* Runs with all signals blocked, so that neither keys nor job control end or stop it. */
static _Noreturn void keep(const struct cleaning *cleaning, const sigset_t *all)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_DUMPABLE, 0);
	/* Readers of the job's output must not wait for the keeper too. */
	close_descriptors(STDOUT_FILENO, ~0u);
	while (getppid() == cleaning->parent)
		sigwaitinfo(all, NULL);
	cleaning->clean_up(cleaning->argument);
	_exit(EXIT_SUCCESS);
}

int keeper_start(struct keeper *keeper, void (*clean_up)(const void *),
		 const void *argument, struct message *message)
{
	const struct cleaning cleaning = { clean_up, argument, getpid() };
	sigset_t all, old;
	pid_t child;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	child = fork();
	error = errno;
	if (child == 0)
		keep(&cleaning, &all);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (child < 0)
		return fail(message, error, "no process to clean up: %s",
			    strerror(error));
	/* In a group of its own: killing the whole job must not kill it. */
	setpgid(child, 0);
	keeper->process = child;
	return 0;
}

void keeper_end(const struct keeper *keeper)
{
	if (!keeper->process)
		return;
	kill(keeper->process, SIGKILL);
	waitpid(keeper->process, NULL, 0);
}
