/* The registers in an i386 signal's context. See context.h. */
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

void context_read(const void *context, struct registers *to)
{
	const greg_t *from = ((const ucontext_t *)context)->uc_mcontext.gregs;

	to->general.ax = (uintptr_t)from[REG_EAX];
	to->general.cx = (uintptr_t)from[REG_ECX];
	to->general.dx = (uintptr_t)from[REG_EDX];
	to->general.si = (uintptr_t)from[REG_ESI];
	to->general.di = (uintptr_t)from[REG_EDI];
	to->general.bp = (uintptr_t)from[REG_EBP];
	to->general.bx = (uintptr_t)from[REG_EBX];
	to->sp = (uintptr_t)from[REG_ESP];
	to->pc = (uintptr_t)from[REG_EIP];
	to->flags = (uintptr_t)from[REG_EFL];
}

void context_enter(void *context, const struct entry_registers *from)
{
	greg_t *to = ((ucontext_t *)context)->uc_mcontext.gregs;

	to[REG_EAX] = (greg_t)from->ax;
	to[REG_EBX] = (greg_t)from->bx;
	to[REG_ESI] = (greg_t)from->si;
	to[REG_EDI] = (greg_t)from->di;
	to[REG_ESP] = (greg_t)from->sp;
	to[REG_EIP] = (greg_t)from->pc;
	to[REG_EFL] = X86_FLAGS_DEFAULT;
}

void context_write(void *context, const struct registers *from)
{
	greg_t *to = ((ucontext_t *)context)->uc_mcontext.gregs;

	to[REG_EAX] = (greg_t)from->general.ax;
	to[REG_ECX] = (greg_t)from->general.cx;
	to[REG_EDX] = (greg_t)from->general.dx;
	to[REG_ESI] = (greg_t)from->general.si;
	to[REG_EDI] = (greg_t)from->general.di;
	to[REG_EBP] = (greg_t)from->general.bp;
	to[REG_EBX] = (greg_t)from->general.bx;
	to[REG_ESP] = (greg_t)from->sp;
	to[REG_EIP] = (greg_t)from->pc;
	to[REG_EFL] = (greg_t)from->flags;
}

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

/* On top is the stub's return address, then the words that the stub pushed, then the
 * caller's return address. */
const uintptr_t *context_resolver_caller(const void *context, bool in_bind)
{
	return stack(context) + (in_bind ? 5 : 2);
}
