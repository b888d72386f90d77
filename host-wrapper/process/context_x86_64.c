/* Registers in an x86-64 signal context. See context.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "context.h"
#include "gate.h"

static uintptr_t reg(const void *context, int number)
{
	return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[number];
}

uintptr_t context_pc(const void *context)
{
	return reg(context, REG_RIP);
}

void context_set_pc(void *context, const char *pc)
{
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)pc;
}

void context_restart(void *context, const char *pc, uintptr_t sp)
{
	context_set_pc(context, pc);
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP] = (greg_t)sp;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] = 0x202;
}

uintptr_t context_frame(const void *context)
{
	return reg(context, REG_RBP);
}

uintptr_t context_copy_left(const void *context)
{
	return reg(context, REG_R11);
}

/* The instruction pushes one word; the loop counts it behind that. */
void context_skip_copy(void *context, uintptr_t words)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	registers[REG_RSP] -= (greg_t)(words * sizeof(uintptr_t));
	registers[REG_R11] -= (greg_t)((words - 1) * sizeof(uintptr_t));
	registers[REG_RIP] = (greg_t)(uintptr_t)jumpslot_gate_copied;
}

uintptr_t context_resolver_entry(const void *context)
{
	return reg(context, REG_R11);
}

/* The stub's return address is on top, and below it the caller's. */
uintptr_t context_resolver_caller(const void *context, bool in_bind)
{
	return ((const uintptr_t *)reg(context, REG_RSP))[in_bind ? 3 : 1];
}
