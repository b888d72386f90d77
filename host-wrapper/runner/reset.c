/* One word to the supervisor. See reset.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest.h"
#include "plan_read.h"
#include "reset.h"

static uint32_t requested = OUTCOME_NONE;

bool reset_is_possible(void)
{
	return plan_imports_name(guest.plan, "_BSP_Virtual_reset") ||
	       plan_imports_name(guest.plan, "_BSP_Virtual_faulthandler");
}

void reset_request(bool warm)
{
	requested = warm ? OUTCOME_RESTART_WARM : OUTCOME_RESTART_COLD;
}

int reset_perform(struct message *message)
{
	if (requested == OUTCOME_NONE)
		return 0;
	if (!guest.outcome)
		return fail(message, ENOTSUP,
			    "cannot restart: a reset needs the supervisor, and "
			    "--in-place runs without one");
	fflush(NULL);
	/* Last: from here on the supervisor keeps signals for the next runner. */
	__atomic_store_n(&guest.outcome->kind, requested, __ATOMIC_SEQ_CST);
	_exit(EXIT_SUCCESS);
}
