/*
 * The way into the guest and out of it. One assembly file for each architecture.
 */
#ifndef JUMPSLOT_ENTER_H
#define JUMPSLOT_ENTER_H

#include <stdint.h>

/*
 * Calls the guest's entry on the guest's stack, with registers as docs/abi.md says; on
 * x86-64 `multiboot` is not used. Returns the result of the entry, or the argument of
 * jumpslot_leave(). Once in a process.
 */
int jumpslot_enter(uintptr_t entry, uintptr_t stack_high, uintptr_t start_info,
		   uintptr_t multiboot);

/*
 * Ends the guest from any depth of its calls: jumpslot_enter() returns `status`. Only
 * on the thread that entered.
 */
void jumpslot_leave(int status) __attribute__((__noreturn__));

#endif
