/* What of a signal's context is x86-64's own. See context.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "process/signals/context.h"
#include "vcpu/xsave_x86.h"

const struct context_numbers context_numbers = {
	.pc = REG_RIP,
	.sp = REG_RSP,
	.frame = REG_RBP,
	.copy_left = REG_R11,
};

struct xsave *context_xsave(const void *context)
{
	return (struct xsave *)((ucontext_t *)context)->uc_mcontext.fpregs;
}

size_t context_vectors(const void *context, void **registers)
{
	*registers = context_xsave(context);
	return xsave_size(*registers);
}

void context_reset_vectors(void *context)
{
	xsave_reset(context_xsave(context));
}

uintptr_t context_resolver_entry(const void *context)
{
	return (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_R11];
}

/* The stub's return address is on top, and below it the caller's. */
uintptr_t context_resolver_caller(const void *context, bool in_bind)
{
	return ((const uintptr_t *)context_sp(context))[in_bind ? 3 : 1];
}
