/* The stack on which the loop and host functions run, with a guard below it. */
#ifndef JUMPSLOT_KVM_HOST_STACK_H
#define JUMPSLOT_KVM_HOST_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/message.h"

/* Maps it; returns its top, or 0 and a line. */
uintptr_t host_stack_map(uint64_t bytes, struct message *message);

/* Whether the address is in the guard. Async-signal-safe. */
bool host_stack_guards(uintptr_t address);

/* In assembly: calls `function` on the stack with that top, and returns its result or the
 * status that host_stack_leave() was given. Once. */
int host_stack_enter(int (*function)(void), uintptr_t top);
void host_stack_leave(int status) __attribute__((__noreturn__));

#endif
