/* An exit handler that looks at the gate. See host_exit.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "host_exit.h"
#include "process/calls/gate_fault.h"
#include "process/interrupts/kick.h"
#include "runner/current.h"

/* Another thread's exit() says nothing about the function that the guest called. */
static void on_exit_handlers(void)
{
	struct outcome *outcome = current->outcome;

	if (!outcome || outcome->phase != OUTCOME_RUNNING || gettid() != kick.thread)
		return;
	outcome->base = current->base;
	gate_fault_describe_host(outcome);
	outcome->kind = OUTCOME_HOST_EXIT;
}

int host_exit_catch(struct message *message)
{
	return atexit(on_exit_handlers)
		       ? fail(message, ENOMEM, "no memory for an exit handler")
		       : 0;
}
