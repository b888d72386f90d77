/* The registers in an x86-64 signal's context. See context.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "process/signals/context.h"
#include "process/signals/xsave_x86.h"

const struct context_numbers context_numbers = {
	.pc = REG_RIP,
	.sp = REG_RSP,
	.frame = REG_RBP,
	.copy_left = REG_R11,
};

void context_read(const void *context, struct registers *to)
{
	const greg_t *from = ((const ucontext_t *)context)->uc_mcontext.gregs;

	to->general.ax = (uintptr_t)from[REG_RAX];
	to->general.cx = (uintptr_t)from[REG_RCX];
	to->general.dx = (uintptr_t)from[REG_RDX];
	to->general.si = (uintptr_t)from[REG_RSI];
	to->general.di = (uintptr_t)from[REG_RDI];
	to->general.bp = (uintptr_t)from[REG_RBP];
	to->general.r8 = (uintptr_t)from[REG_R8];
	to->general.r9 = (uintptr_t)from[REG_R9];
	to->general.r10 = (uintptr_t)from[REG_R10];
	to->general.r11 = (uintptr_t)from[REG_R11];
	to->general.r12 = (uintptr_t)from[REG_R12];
	to->general.r13 = (uintptr_t)from[REG_R13];
	to->general.r14 = (uintptr_t)from[REG_R14];
	to->general.r15 = (uintptr_t)from[REG_R15];
	to->general.bx = (uintptr_t)from[REG_RBX];
	to->sp = (uintptr_t)from[REG_RSP];
	to->pc = (uintptr_t)from[REG_RIP];
	to->flags = (uintptr_t)from[REG_EFL];
}

void context_enter(void *context, const struct entry_registers *from)
{
	greg_t *to = ((ucontext_t *)context)->uc_mcontext.gregs;

	to[REG_RAX] = (greg_t)from->ax;
	to[REG_RBX] = (greg_t)from->bx;
	to[REG_RSI] = (greg_t)from->si;
	to[REG_RDI] = (greg_t)from->di;
	to[REG_RSP] = (greg_t)from->sp;
	to[REG_RIP] = (greg_t)from->pc;
	to[REG_EFL] = X86_FLAGS_DEFAULT;
}

void context_write(void *context, const struct registers *from)
{
	greg_t *to = ((ucontext_t *)context)->uc_mcontext.gregs;

	to[REG_RAX] = (greg_t)from->general.ax;
	to[REG_RCX] = (greg_t)from->general.cx;
	to[REG_RDX] = (greg_t)from->general.dx;
	to[REG_RSI] = (greg_t)from->general.si;
	to[REG_RDI] = (greg_t)from->general.di;
	to[REG_RBP] = (greg_t)from->general.bp;
	to[REG_R8] = (greg_t)from->general.r8;
	to[REG_R9] = (greg_t)from->general.r9;
	to[REG_R10] = (greg_t)from->general.r10;
	to[REG_R11] = (greg_t)from->general.r11;
	to[REG_R12] = (greg_t)from->general.r12;
	to[REG_R13] = (greg_t)from->general.r13;
	to[REG_R14] = (greg_t)from->general.r14;
	to[REG_R15] = (greg_t)from->general.r15;
	to[REG_RBX] = (greg_t)from->general.bx;
	to[REG_RSP] = (greg_t)from->sp;
	to[REG_RIP] = (greg_t)from->pc;
	to[REG_EFL] = (greg_t)from->flags;
}

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

/* On top is the stub's return address, then the caller's. */
const uintptr_t *context_resolver_caller(const void *context, bool in_bind)
{
	return (const uintptr_t *)context_sp(context) + (in_bind ? 3 : 1);
}
