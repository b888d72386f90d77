/*
 * The sandbox: all that confines the guest's process from its first instruction on.
 * Depends on no host: what a host needs of the system it states in the runner's own
 * table (JUMPSLOT_STATE), and the plan's filter has it.
 */
#ifndef JUMPSLOT_SANDBOX_H
#define JUMPSLOT_SANDBOX_H

#include "common/message.h"
#include "common/plan.h"

/* Values that the filter compares with and only this process knows. */
struct sandbox_values {
	int console; /* the descriptor of the console's input, -1: none */
	int wake;    /* the descriptor that wakes the thread of the sources, -1: none */
	int vcpu;    /* the descriptor of the kvm host's processor, -1: none */
	int gdb;     /* the descriptor of gdb's connection, -1: none */
	int opened;  /* the first descriptor that is opened later: set by sandbox_close()
		      */
};

/*
 * All layers that threads inherit or share: before the thread of the sources starts, and
 * after the providers are loaded. Does nothing without a sandbox in the plan, as the next
 * function. Returns 0 or a negative errno.
 */
int sandbox_prepare(const struct plan *plan, struct message *message);

/* The last step before the guest: from here on, all threads make only the system calls
 * that the filter allows. */
int sandbox_close(const struct plan *plan, struct sandbox_values *values,
		  struct message *message);

#endif
