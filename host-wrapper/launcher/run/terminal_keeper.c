/*
 * Waits for its parent's death by PR_SET_PDEATHSIG. A pipe would not do: another process
 * could hold its other end open. See terminal_keeper.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "terminal_keeper.h"

/* Runs with all signals blocked, so that neither keys nor job control end or stop it. */
static _Noreturn void keep(struct terminal *terminal, pid_t parent, const sigset_t *all)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* Readers of the job's output must not wait for the keeper too. */
	close_range(STDOUT_FILENO, ~0u, 0);
	while (getppid() == parent)
		sigwaitinfo(all, NULL);
	terminal_leave(terminal);
	_exit(EXIT_SUCCESS);
}

int terminal_keeper_start(struct terminal_keeper *keeper, struct terminal *terminal,
			  struct message *message)
{
	sigset_t all, old;
	pid_t self = getpid(), child;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	child = fork();
	error = errno;
	if (child == 0)
		keep(terminal, self, &all);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (child < 0)
		return fail(message, error, "no process to keep the terminal's mode: %s",
			    strerror(error));
	/* In a group of its own: killing the whole job must not kill it. */
	setpgid(child, 0);
	keeper->process = child;
	return 0;
}

void terminal_keeper_end(const struct terminal_keeper *keeper)
{
	if (!keeper->process)
		return;
	kill(keeper->process, SIGKILL);
	waitpid(keeper->process, NULL, 0);
}
