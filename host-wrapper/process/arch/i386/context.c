/* What of a signal's context is i386's own. See context.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "process/signals/context.h"
#include "fsave.h"

const struct context_numbers context_numbers = {
	.pc = REG_EIP,
	.sp = REG_ESP,
	.frame = REG_EBP,
	.copy_left = REG_ESI,
};

static void *fsave(const void *context)
{
	return ((ucontext_t *)context)->uc_mcontext.fpregs;
}

struct xsave *context_xsave(const void *context)
{
	return fsave_next(fsave(context));
}

size_t context_vectors(const void *context, void **registers)
{
	*registers = fsave(context);
	return FSAVE_SIZE + xsave_size(context_xsave(context));
}

void context_reset_vectors(void *context)
{
	xsave_reset(context_xsave(context));
	fsave_reset(fsave(context));
}

static const uintptr_t *stack(const void *context)
{
	return (const uintptr_t *)context_sp(context);
}

uintptr_t context_resolver_entry(const void *context)
{
	return stack(context)[1];
}

/* The stub's return address is on top, below it what it pushed, and then the
 * caller's return address. */
uintptr_t context_resolver_caller(const void *context, bool in_bind)
{
	return stack(context)[in_bind ? 5 : 2];
}
