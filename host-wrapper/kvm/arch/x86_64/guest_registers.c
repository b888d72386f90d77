/* The general registers of x86-64. See machine/guest_registers.h. */
#define _GNU_SOURCE
#include <string.h>
#include <ucontext.h>

#include "kvm/machine/guest_registers.h"

void registers_from_kvm(struct registers *to, const struct kvm_regs *from)
{
	*to = (struct registers){
		.general = { from->rax, from->rcx, from->rdx, from->rsi, from->rdi,
			     from->rbp, from->r8, from->r9, from->r10, from->r11,
			     from->r12, from->r13, from->r14, from->r15, from->rbx },
		.sp = from->rsp,
		.pc = from->rip,
		.flags = from->rflags,
	};
}

struct kvm_regs registers_to_kvm(const struct registers *from)
{
	const struct general_registers *general = &from->general;

	return (struct kvm_regs){
		.rax = general->ax,
		.rbx = general->bx,
		.rcx = general->cx,
		.rdx = general->dx,
		.rsi = general->si,
		.rdi = general->di,
		.rsp = from->sp,
		.rbp = general->bp,
		.r8 = general->r8,
		.r9 = general->r9,
		.r10 = general->r10,
		.r11 = general->r11,
		.r12 = general->r12,
		.r13 = general->r13,
		.r14 = general->r14,
		.r15 = general->r15,
		.rip = from->pc,
		.rflags = from->flags,
	};
}

void registers_from_context(struct registers *to, const void *context)
{
	const greg_t *from = ((const ucontext_t *)context)->uc_mcontext.gregs;

	*to = (struct registers){
		.general = { (uintptr_t)from[REG_RAX], (uintptr_t)from[REG_RCX],
			     (uintptr_t)from[REG_RDX], (uintptr_t)from[REG_RSI],
			     (uintptr_t)from[REG_RDI], (uintptr_t)from[REG_RBP],
			     (uintptr_t)from[REG_R8], (uintptr_t)from[REG_R9],
			     (uintptr_t)from[REG_R10], (uintptr_t)from[REG_R11],
			     (uintptr_t)from[REG_R12], (uintptr_t)from[REG_R13],
			     (uintptr_t)from[REG_R14], (uintptr_t)from[REG_R15],
			     (uintptr_t)from[REG_RBX] },
		.sp = (uintptr_t)from[REG_RSP],
		.pc = (uintptr_t)from[REG_RIP],
		.flags = (uintptr_t)from[REG_EFL],
	};
}

uintptr_t registers_flags_at_syscall(const struct registers *registers)
{
	return registers->general.r11;
}

void registers_in_gdb_order(struct registers *registers, uintptr_t **in_order)
{
	struct general_registers *general = &registers->general;
	uintptr_t *const all[REGISTERS_GDB] = {
		&general->ax,	&general->bx,  &general->cx,  &general->dx,
		&general->si,	&general->di,  &general->bp,  &registers->sp,
		&general->r8,	&general->r9,  &general->r10, &general->r11,
		&general->r12,	&general->r13, &general->r14, &general->r15,
		&registers->pc,
	};

	memcpy(in_order, all, sizeof(all));
}

void registers_at_entry(struct registers *registers, const struct runner *runner)
{
	registers->general.di = runner->start_info;
}
