/*
 * The registers of an interrupted guest that a fault report speaks of. One file an
 * architecture.
 */
#ifndef JUMPSLOT_CONTEXT_H
#define JUMPSLOT_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

/* `context`: a signal handler's third argument. */
uintptr_t context_pc(const void *context);

/* To go on at `pc`; and the same with the stack at `sp`, and default flags. */
void context_set_pc(void *context, const char *pc);
void context_restart(void *context, const char *pc, uintptr_t sp);

/* What the frame pointer register holds. */
uintptr_t context_frame(const void *context);

/* At jumpslot_gate_copy: bytes of arguments that are not copied yet; and to go on
 * behind it, with the next `words` of them left out. */
uintptr_t context_copy_left(const void *context);
void context_skip_copy(void *context, uintptr_t words);

/* At jumpslot_resolver_fault: what the resolver was given, and who called the function
 * that could not be bound; `in_bind`: by way of jumpslot_bind. */
uintptr_t context_resolver_entry(const void *context);
uintptr_t context_resolver_caller(const void *context, bool in_bind);

#endif
