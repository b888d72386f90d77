/* A reset: writes one word for the supervisor and ends the runner. See reset.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "reset.h"

static uint32_t requested = OUTCOME_NONE;

void reset_request(bool warm)
{
	requested = warm ? OUTCOME_RESTART_WARM : OUTCOME_RESTART_COLD;
}

int reset_perform(struct outcome *outcome, struct message *message)
{
	if (requested == OUTCOME_NONE)
		return 0;
	if (!outcome)
		return fail(message, ENOTSUP,
			    "cannot restart: a reset needs the supervisor, and "
			    "--in-place runs without one");
	fflush(NULL);
	/* Last: from here on the supervisor keeps signals for the next runner. */
	__atomic_store_n(&outcome->kind, requested, __ATOMIC_SEQ_CST);
	_exit(EXIT_SUCCESS);
}
