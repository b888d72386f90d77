/* Single registers in a signal's context. See context.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "context.h"

static greg_t *registers_of(const void *context)
{
	return ((ucontext_t *)context)->uc_mcontext.gregs;
}

static uintptr_t reg(const void *context, int number)
{
	return (uintptr_t)registers_of(context)[number];
}

uintptr_t context_pc(const void *context)
{
	return reg(context, context_numbers.pc);
}

uintptr_t context_sp(const void *context)
{
	return reg(context, context_numbers.sp);
}

uintptr_t context_frame(const void *context)
{
	return reg(context, context_numbers.frame);
}

uintptr_t context_error(const void *context)
{
	return reg(context, REG_ERR);
}

void context_set_error(void *context, uintptr_t error)
{
	registers_of(context)[REG_ERR] = (greg_t)error;
}

void context_set_pc(void *context, uintptr_t pc)
{
	registers_of(context)[context_numbers.pc] = (greg_t)pc;
}

void context_restart(void *context, uintptr_t pc, uintptr_t sp)
{
	context_set_pc(context, pc);
	registers_of(context)[context_numbers.sp] = (greg_t)sp;
	registers_of(context)[REG_EFL] = X86_FLAGS_DEFAULT;
}

uintptr_t context_copy_left(const void *context)
{
	return reg(context, context_numbers.copy_left);
}

/* The instruction pushes one word, and the loop counts it afterwards. */
void context_skip_copy(void *context, uintptr_t words)
{
	greg_t *registers = registers_of(context);

	registers[context_numbers.sp] -= (greg_t)(words * sizeof(uintptr_t));
	registers[context_numbers.copy_left] -= (greg_t)((words - 1) * sizeof(uintptr_t));
}
