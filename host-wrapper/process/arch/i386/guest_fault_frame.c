/* Faults in an i386 signal's context. See guest_fault.h. */
#define _GNU_SOURCE
#include <ucontext.h>

#include "process/enter.h"
#include "process/faults/guest_fault.h"

static greg_t *registers_of(const void *context)
{
	return ((ucontext_t *)context)->uc_mcontext.gregs;
}

const struct fault_field fault_fields[] = {
	{ offsetof(struct jumpslot_fault, pc), REG_EIP },
	{ offsetof(struct jumpslot_fault, sp), REG_ESP },
	{ offsetof(struct jumpslot_fault, flags), REG_EFL },
	{ offsetof(struct jumpslot_fault, ax), REG_EAX },
	{ offsetof(struct jumpslot_fault, cx), REG_ECX },
	{ offsetof(struct jumpslot_fault, dx), REG_EDX },
	{ offsetof(struct jumpslot_fault, si), REG_ESI },
	{ offsetof(struct jumpslot_fault, di), REG_EDI },
	{ offsetof(struct jumpslot_fault, bp), REG_EBP },
	{ offsetof(struct jumpslot_fault, bx), REG_EBX },
};
const size_t fault_field_count = sizeof(fault_fields) / sizeof(*fault_fields);

bool fault_frame_is_at(const void *context, const struct jumpslot_fault *frame)
{
	const greg_t *registers = registers_of(context);

	return registers[REG_ESP] == (greg_t)frame && registers[REG_EBX] == (greg_t)frame;
}

void fault_frame_enter(void *context, struct jumpslot_fault *frame, uintptr_t handler)
{
	greg_t *registers = registers_of(context);

	registers[REG_ESP] = registers[REG_EBX] = (greg_t)frame;
	registers[REG_EAX] = (greg_t)handler;
	registers[REG_EBP] = 0;
	registers[REG_EFL] = 0x202;
	registers[REG_EIP] = (greg_t)(uintptr_t)jumpslot_fault_call;
}

/* Its argument is on the stack, above a return address. */
void fault_frame_leave(void *context, struct jumpslot_fault *frame, int status)
{
	greg_t *registers = registers_of(context);
	int *stack = (int *)frame - 2;

	stack[1] = status;
	registers[REG_ESP] = (greg_t)(uintptr_t)stack;
	registers[REG_EFL] = 0x202;
	registers[REG_EIP] = (greg_t)(uintptr_t)jumpslot_leave;
}
