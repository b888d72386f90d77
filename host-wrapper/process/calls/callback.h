/*
 * Callbacks: the C half of jumpslot_guest_entry, which jumpslot_guest_call() of
 * jumpslot/provider.h calls. Compiled for general registers only: arguments are in vector
 * registers on the way in, results on the way out.
 */
#ifndef JUMPSLOT_CALLBACK_H
#define JUMPSLOT_CALLBACK_H

#include <jumpslot/provider.h>
#include "gate.h"

/*
 * Fills in the callback, copies stack arguments from `arguments` to the guest's
 * stack, and goes over to the guest's side. This stack is free below `stack_end`, which
 * is aligned and has room above it for the arguments or for a record. Does not return
 * where there is no host function to come back to.
 */
void callback_begin(struct gate_callback *callback, const struct jumpslot_callee *callee,
		    const uintptr_t *arguments, uintptr_t stack_end)
	__attribute__((__visibility__("hidden")));

/* Back on the host's side, from the innermost callback. */
void callback_end(struct gate_callback *callback)
	__attribute__((__visibility__("hidden")));

#endif
