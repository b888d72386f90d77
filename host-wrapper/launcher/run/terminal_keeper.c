/*
 * Waits for the death of its parent by the kernel's own word for it: no pipe that
 * somebody else could hold open. See terminal_keeper.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "terminal_keeper.h"

/* With all signals blocked, so that neither keys nor job control end or stop it. */
static _Noreturn void keep(struct terminal *terminal, pid_t parent, const sigset_t *all)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* Whoever reads what the job writes is not to wait for us too. */
	close_range(STDOUT_FILENO, ~0u, 0);
	while (getppid() == parent)
		sigwaitinfo(all, NULL);
	terminal_leave(terminal);
	_exit(EXIT_SUCCESS);
}

int terminal_keeper_start(struct terminal *terminal)
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
		return -error;
	/* Or what kills the whole job would kill it as well. */
	setpgid(child, 0);
	terminal->keeper = child;
	return 0;
}

void terminal_keeper_end(const struct terminal *terminal)
{
	kill(terminal->keeper, SIGKILL);
	waitpid(terminal->keeper, NULL, 0);
}
