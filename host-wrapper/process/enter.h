/*
 * The way into the guest and the way out. One assembly file an architecture.
 */
#ifndef JUMPSLOT_ENTER_H
#define JUMPSLOT_ENTER_H

#include <stdint.h>

/*
 * Calls the guest's entry on its own stack, with registers as the entry contract
 * says; on x86-64 that does not speak of `multiboot`. Returns what the entry returned or
 * what jumpslot_leave() was given. Once a process.
 */
int jumpslot_enter(uintptr_t entry, uintptr_t stack_high, uintptr_t start_info,
		   uintptr_t multiboot);

/*
 * Ends the guest from any depth of its calls: jumpslot_enter() returns `status`. Only
 * on the thread that entered.
 */
void jumpslot_leave(int status) __attribute__((__noreturn__));

#endif
