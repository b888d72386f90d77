/* The registers of a fault on x86-64 and i386. See guest_fault.h. */
#include <stddef.h>

#include "guest_fault.h"

#define FIELD(name)                                                                      \
	{                                                                                \
		offsetof(struct jumpslot_fault, name),                                   \
			offsetof(struct registers, general.name)                         \
	}

/* Where a register is in a struct jumpslot_fault, 64 bits wide, and in struct registers.
 */
static const struct field {
	size_t fault;
	size_t registers;
} fields[] = {
	{ offsetof(struct jumpslot_fault, pc), offsetof(struct registers, pc) },
	{ offsetof(struct jumpslot_fault, sp), offsetof(struct registers, sp) },
	{ offsetof(struct jumpslot_fault, flags), offsetof(struct registers, flags) },
	FIELD(ax),
	FIELD(cx),
	FIELD(dx),
	FIELD(si),
	FIELD(di),
	FIELD(bp),
	FIELD(bx),
#ifdef __x86_64__
	FIELD(r8),
	FIELD(r9),
	FIELD(r10),
	FIELD(r11),
	FIELD(r12),
	FIELD(r13),
	FIELD(r14),
	FIELD(r15),
#endif
};

void fault_read_registers(struct jumpslot_fault *to, const struct registers *from)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		*(uint64_t *)((char *)to + fields[i].fault) =
			*(const uintptr_t *)((const char *)from + fields[i].registers);
}

void fault_write_registers(struct registers *to, const struct jumpslot_fault *from)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		*(uintptr_t *)((char *)to + fields[i].registers) =
			(uintptr_t) *
			(const uint64_t *)((const char *)from + fields[i].fault);
}

bool fault_frame_is_at(const struct registers *registers,
		       const struct jumpslot_fault *frame)
{
	return registers->sp == (uintptr_t)frame &&
	       registers->general.bx == (uintptr_t)frame;
}

void fault_frame_enter(struct registers *registers, struct jumpslot_fault *frame,
		       uintptr_t handler)
{
	registers->sp = registers->general.bx = (uintptr_t)frame;
#ifdef __x86_64__
	registers->general.di = (uintptr_t)frame;
#endif
	registers->general.ax = handler;
	registers->general.bp = 0;
	registers->flags = X86_FLAGS_DEFAULT;
}

void fault_frame_call(struct registers *registers, struct jumpslot_fault *frame,
		      uintptr_t function, int status)
{
#ifdef __x86_64__
	registers->sp = (uintptr_t)frame;
	registers->general.di = (uintptr_t)status;
#else
	int *stack = (int *)frame - 2; /* a return address, and the argument */

	stack[1] = status;
	registers->sp = (uintptr_t)stack;
#endif
	registers->flags = X86_FLAGS_DEFAULT;
	registers->pc = function;
}
