/*
 * The registers of whoever a signal interrupted: read, and changed, so that it goes on
 * elsewhere. One file an architecture, beside what all have in common.
 */
#ifndef JUMPSLOT_CONTEXT_H
#define JUMPSLOT_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xsave;

/* `context`: a signal handler's third argument. */
uintptr_t context_pc(const void *context);
uintptr_t context_sp(const void *context);
uintptr_t context_flags(const void *context);

/* What the frame pointer register holds. */
uintptr_t context_frame(const void *context);

/* To go on at `pc`; and the same with the stack at `sp`, and default flags. */
void context_set_pc(void *context, const char *pc);
void context_restart(void *context, const char *pc, uintptr_t sp);

/* Vector and x87 registers: their XSAVE area; bytes of all that there is of them, at
 * `*registers`; and setting them to what a function expects. */
struct xsave *context_xsave(const void *context);
size_t context_vectors(const void *context, void **registers);
void context_reset_vectors(void *context);

/* At jumpslot_gate_copy: bytes of arguments that are not copied yet; and to go on
 * behind it, with the next `words` of them left out. */
uintptr_t context_copy_left(const void *context);
void context_skip_copy(void *context, uintptr_t words);

/* At jumpslot_resolver_fault: what the resolver was given, and who called the function
 * that could not be bound; `in_bind`: by way of jumpslot_bind. */
uintptr_t context_resolver_entry(const void *context);
uintptr_t context_resolver_caller(const void *context, bool in_bind);

/* An architecture's: which of the context's general registers hold what. */
struct context_numbers {
	int pc, sp, frame;
	int copy_left;
};
extern const struct context_numbers context_numbers;

#endif
