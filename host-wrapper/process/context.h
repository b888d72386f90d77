/*
 * The registers of an interrupted guest that a fault report speaks of. One file an
 * architecture.
 */
#ifndef JUMPSLOT_CONTEXT_H
#define JUMPSLOT_CONTEXT_H

#include <stdint.h>

/* `context`: a signal handler's third argument. */
uintptr_t context_pc(const void *context);

/* What the frame pointer register holds. */
uintptr_t context_frame(const void *context);

/* At jumpslot_gate_copy: bytes of arguments that are not copied yet; and to go on
 * behind it, with the next `words` of them left out. */
uintptr_t context_copy_left(const void *context);
void context_skip_copy(void *context, uintptr_t words);

/* At jumpslot_resolver_fault: what the resolver was given, and who called the function
 * that could not be bound. */
uintptr_t context_resolver_entry(const void *context);
uintptr_t context_resolver_caller(const void *context);

#endif
