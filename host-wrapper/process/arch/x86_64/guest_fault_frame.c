/* Faults in an x86-64 signal's context. See guest_fault.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "process/enter.h"
#include "process/faults/guest_fault.h"

static greg_t *registers_of(const void *context)
{
	return ((ucontext_t *)context)->uc_mcontext.gregs;
}

const struct fault_field fault_fields[] = {
	{ offsetof(struct jumpslot_fault, pc), REG_RIP },
	{ offsetof(struct jumpslot_fault, sp), REG_RSP },
	{ offsetof(struct jumpslot_fault, flags), REG_EFL },
	{ offsetof(struct jumpslot_fault, ax), REG_RAX },
	{ offsetof(struct jumpslot_fault, cx), REG_RCX },
	{ offsetof(struct jumpslot_fault, dx), REG_RDX },
	{ offsetof(struct jumpslot_fault, si), REG_RSI },
	{ offsetof(struct jumpslot_fault, di), REG_RDI },
	{ offsetof(struct jumpslot_fault, bp), REG_RBP },
	{ offsetof(struct jumpslot_fault, bx), REG_RBX },
	{ offsetof(struct jumpslot_fault, r8), REG_R8 },
	{ offsetof(struct jumpslot_fault, r9), REG_R9 },
	{ offsetof(struct jumpslot_fault, r10), REG_R10 },
	{ offsetof(struct jumpslot_fault, r11), REG_R11 },
	{ offsetof(struct jumpslot_fault, r12), REG_R12 },
	{ offsetof(struct jumpslot_fault, r13), REG_R13 },
	{ offsetof(struct jumpslot_fault, r14), REG_R14 },
	{ offsetof(struct jumpslot_fault, r15), REG_R15 },
};
const size_t fault_field_count = sizeof(fault_fields) / sizeof(*fault_fields);

bool fault_frame_is_at(const void *context, const struct jumpslot_fault *frame)
{
	const greg_t *registers = registers_of(context);

	return registers[REG_RSP] == (greg_t)frame && registers[REG_RBX] == (greg_t)frame;
}

void fault_frame_enter(void *context, struct jumpslot_fault *frame, uintptr_t handler)
{
	greg_t *registers = registers_of(context);

	registers[REG_RSP] = registers[REG_RBX] = registers[REG_RDI] = (greg_t)frame;
	registers[REG_RAX] = (greg_t)handler;
	registers[REG_RBP] = 0;
	registers[REG_EFL] = 0x202;
	registers[REG_RIP] = (greg_t)jumpslot_fault_call;
}

void fault_frame_leave(void *context, struct jumpslot_fault *frame, int status)
{
	greg_t *registers = registers_of(context);

	registers[REG_RSP] = (greg_t)frame;
	registers[REG_RDI] = status;
	registers[REG_EFL] = 0x202;
	registers[REG_RIP] = (greg_t)jumpslot_leave;
}
