/* The general registers of i386, of which KVM's structure has 64 bits each. See
 * machine/guest_registers.h. */
#define _GNU_SOURCE
#include <string.h>
#include <ucontext.h>

#include <jumpslot/external_abi.h>
#include "kvm/machine/guest_registers.h"

void registers_from_kvm(struct registers *to, const struct kvm_regs *from)
{
	*to = (struct registers){
		.general = { (uintptr_t)from->rax, (uintptr_t)from->rcx,
			     (uintptr_t)from->rdx, (uintptr_t)from->rsi,
			     (uintptr_t)from->rdi, (uintptr_t)from->rbp,
			     (uintptr_t)from->rbx },
		.sp = (uintptr_t)from->rsp,
		.pc = (uintptr_t)from->rip,
		.flags = (uintptr_t)from->rflags,
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
		.rip = from->pc,
		.rflags = from->flags,
	};
}

void registers_from_context(struct registers *to, const void *context)
{
	const greg_t *from = ((const ucontext_t *)context)->uc_mcontext.gregs;

	*to = (struct registers){
		.general = { (uintptr_t)from[REG_EAX], (uintptr_t)from[REG_ECX],
			     (uintptr_t)from[REG_EDX], (uintptr_t)from[REG_ESI],
			     (uintptr_t)from[REG_EDI], (uintptr_t)from[REG_EBP],
			     (uintptr_t)from[REG_EBX] },
		.sp = (uintptr_t)from[REG_ESP],
		.pc = (uintptr_t)from[REG_EIP],
		.flags = (uintptr_t)from[REG_EFL],
	};
}

/* R11 has them, which is not a register of i386. */
uintptr_t registers_flags_at_syscall(const struct registers *registers)
{
	return registers->flags;
}

void registers_in_gdb_order(struct registers *registers, uintptr_t **in_order)
{
	struct general_registers *general = &registers->general;
	uintptr_t *const all[REGISTERS_GDB] = {
		&general->ax, &general->cx, &general->dx, &general->bx,	  &registers->sp,
		&general->bp, &general->si, &general->di, &registers->pc,
	};

	memcpy(in_order, all, sizeof(all));
}

void registers_at_entry(struct registers *registers, const struct runner *runner)
{
	registers->general.ax = JUMPSLOT_MULTIBOOT_MAGIC;
	registers->general.bx = runner->multiboot;
	registers->general.dx = runner->start_info;
}
