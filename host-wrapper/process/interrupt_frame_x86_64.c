/* Frames of x86-64, from the kernel's own. See interrupt_frame.h. */
#define _GNU_SOURCE
#include <string.h>
#include <ucontext.h>

#include <jumpslot/provider.h>
#include "interrupt.h"
#include "interrupt_frame.h"
#include "xsave.h"

#define RED_ZONE 128u

static const int order[FRAME_REGISTERS] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_R8, REG_R9,
	REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RBX,
};

static void fill_in(struct frame *frame, const greg_t *registers, int vector)
{
	const uintptr_t returns[] = { (uintptr_t)registers[REG_EFL],
				      (uintptr_t)registers[REG_RIP] };

	frame->shown = (struct jumpslot_interrupt_frame){
		.pc = (uintptr_t)registers[REG_RIP],
		.sp = (uintptr_t)registers[REG_RSP],
		.flags = (uintptr_t)registers[REG_EFL],
		.vector = (uint32_t)vector,
	};
	for (size_t i = 0; i < FRAME_REGISTERS; i++)
		frame->general[i] = (uintptr_t)registers[order[i]];
	/* As the guest's stack is aligned. */
	memcpy((void *)(uintptr_t)frame->returns, returns, sizeof(returns));
}

static void enter_handler(greg_t *registers, struct frame *frame, uintptr_t handler)
{
	registers[REG_RSP] = registers[REG_RBX] = registers[REG_RSI] = (greg_t)frame;
	registers[REG_RDI] = (greg_t)frame->shown.vector;
	registers[REG_RAX] = (greg_t)handler;
	registers[REG_EFL] = 0x202;
	registers[REG_RIP] = (greg_t)(uintptr_t)jumpslot_upcall;
}

struct frame *frame_push(void *context, int vector, uintptr_t handler)
{
	mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
	struct xsave *xsave = (struct xsave *)machine->fpregs;
	uintptr_t sp = (uintptr_t)machine->gregs[REG_RSP];
	uintptr_t returns = sp - RED_ZONE - 2 * sizeof(uintptr_t);
	uintptr_t vectors = (returns - xsave_size(xsave)) & ~(uintptr_t)63;
	struct frame *frame = (struct frame *)((vectors - sizeof(*frame)) & ~(uintptr_t)63);

	if (sp < (uintptr_t)frame ||
	    jumpslot_guest_range(frame, sp - (uintptr_t)frame, JUMPSLOT_WRITE))
		return NULL;
	frame->features = (uint32_t)xsave_features(xsave);
	frame->changed = (uint32_t)xsave_changed(xsave);
	frame->vectors = vectors;
	frame->returns = returns;
	xsave_copy(vectors, xsave);
	fill_in(frame, machine->gregs, vector);
	xsave_reset(xsave);
	enter_handler(machine->gregs, frame, handler);
	return frame;
}

size_t frame_size(void)
{
	return RED_ZONE + 2 * sizeof(uintptr_t) + 63 + xsave_largest() + 63 +
	       sizeof(struct frame);
}
