/* A reset: writes one word for the supervisor and ends the runner. See reset.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include "reset.h"

static uint32_t requested = OUTCOME_NONE;

void reset_request(bool warm)
{
	requested = warm ? OUTCOME_RESTART_WARM : OUTCOME_RESTART_COLD;
}

static uint64_t pending_signals(void)
{
	uint64_t pending = 0;
	sigset_t set;

	sigpending(&set);
	for (int i = 1; i < 64; i++)
		if (sigismember(&set, i) == 1)
			pending |= UINT64_C(1) << i;
	return pending;
}

/* stderr: for the message below, without a supervisor. */
#define NEEDS_RESET JUMPSLOT_ALLOW("rt_sigpending"), JUMPSLOT_NEEDS_STDERR
JUMPSLOT_SYSCALLS(_BSP_Virtual_reset, NEEDS_RESET)
JUMPSLOT_SYSCALLS(_BSP_Virtual_faulthandler, NEEDS_RESET)

int reset_perform(struct outcome *outcome, struct message *message)
{
	if (requested == OUTCOME_NONE)
		return 0;
	if (!outcome)
		return fail(message, ENOTSUP,
			    "cannot restart: a reset needs a supervisor, and this "
			    "process has none");
	fflush(NULL);
	/* From here on the supervisor keeps signals for the next runner. It does not know
	   which of the earlier ones are blocked here. */
	__atomic_store_n(&outcome->kind, requested, __ATOMIC_SEQ_CST);
	outcome->blocked = pending_signals();
	_exit(EXIT_SUCCESS);
}
