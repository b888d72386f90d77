/* Registers in an i386 signal context. See context.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "context.h"
#include "gate.h"

static uintptr_t reg(const void *context, int number)
{
	return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[number];
}

static const uintptr_t *stack(const void *context)
{
	return (const uintptr_t *)reg(context, REG_ESP);
}

uintptr_t context_pc(const void *context)
{
	return reg(context, REG_EIP);
}

uintptr_t context_copy_left(const void *context)
{
	return reg(context, REG_ESI);
}

/* The instruction pushes one word; the loop counts it behind that. */
void context_skip_copy(void *context, uintptr_t words)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	registers[REG_ESP] -= (greg_t)(words * sizeof(uintptr_t));
	registers[REG_ESI] -= (greg_t)((words - 1) * sizeof(uintptr_t));
	registers[REG_EIP] = (greg_t)(uintptr_t)jumpslot_gate_copied;
}

/* The stub's return address is on top, below it what it pushed, and then the
 * caller's return address. */
void context_set_pc(void *context, const char *pc)
{
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EIP] = (greg_t)(uintptr_t)pc;
}

void context_restart(void *context, const char *pc, uintptr_t sp)
{
	context_set_pc(context, pc);
	((ucontext_t *)context)->uc_mcontext.gregs[REG_ESP] = (greg_t)sp;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] = 0x202;
}

uintptr_t context_frame(const void *context)
{
	return reg(context, REG_EBP);
}

uintptr_t context_resolver_entry(const void *context)
{
	return stack(context)[1];
}

uintptr_t context_resolver_caller(const void *context, bool in_bind)
{
	return stack(context)[in_bind ? 5 : 2];
}
