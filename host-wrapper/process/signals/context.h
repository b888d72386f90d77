/*
 * The registers of the code that a signal interrupted. `context` is a signal handler's
 * third argument. One file per architecture, and a common part.
 */
#ifndef JUMPSLOT_CONTEXT_H
#define JUMPSLOT_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vcpu/registers.h"

struct xsave;

/* All general registers, as the virtual CPU has them; and back. */
void context_read(const void *context, struct registers *to);
void context_write(void *context, const struct registers *from);

/* Continues with these registers and default flags; leaves the others alone. */
void context_enter(void *context, const struct entry_registers *from);

uintptr_t context_pc(const void *context);
uintptr_t context_sp(const void *context);

/* The frame pointer register. */
uintptr_t context_frame(const void *context);

/* The processor's error code of the fault. */
uintptr_t context_error(const void *context);
void context_set_error(void *context, uintptr_t error);

/* Continues at `pc`; the second one also with the stack pointer `sp` and default flags.
 */
void context_set_pc(void *context, uintptr_t pc);
void context_restart(void *context, uintptr_t pc, uintptr_t sp);

/*
 * Vector and x87 registers: their XSAVE area; the size of everything that the context
 * has of them, which begins at `*registers`; and a reset to the state in which a function
 * starts.
 */
struct xsave *context_xsave(const void *context);
size_t context_vectors(const void *context, void **registers);
void context_reset_vectors(void *context);

/*
 * In a CODE_COPY range: bytes of arguments that are not copied yet. The second function
 * skips the next `words` words of them, as if the loop had copied them.
 */
uintptr_t context_copy_left(const void *context);
void context_skip_copy(void *context, uintptr_t words);

/*
 * At jumpslot_resolver_fault: the resolver's argument, and where the return address to
 * the caller of the function without a target is; `in_bind`: the resolver was called
 * through jumpslot_bind.
 */
uintptr_t context_resolver_entry(const void *context);
const uintptr_t *context_resolver_caller(const void *context, bool in_bind);

/* Per architecture: indices of registers in the context. */
struct context_numbers {
	int pc, sp, frame;
	int copy_left;
};
extern const struct context_numbers context_numbers;

#endif
