/* Frames of i386, from the kernel's own. See interrupt_frame.h. */
#define _GNU_SOURCE
#include <string.h>
#include <ucontext.h>

#include <jumpslot/provider.h>
#include "fsave_i386.h"
#include "interrupt.h"
#include "interrupt_frame.h"

static const int order[] = {
	REG_EAX, REG_ECX, REG_EDX, REG_ESI, REG_EDI, REG_EBP, REG_EBX,
};

static void fill_in(struct frame *frame, const greg_t *registers, int vector)
{
	const uintptr_t returns[] = { (uintptr_t)registers[REG_EFL],
				      (uintptr_t)registers[REG_EIP] };

	frame->shown = (struct jumpslot_interrupt_frame){
		.pc = (uintptr_t)registers[REG_EIP],
		.sp = (uintptr_t)registers[REG_ESP],
		.flags = (uintptr_t)registers[REG_EFL],
		.vector = (uint32_t)vector,
	};
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		frame->general[i] = (uintptr_t)registers[order[i]];
	/* As the guest's stack is aligned. */
	memcpy((void *)(uintptr_t)frame->returns, returns, sizeof(returns));
}

static void enter_handler(greg_t *registers, struct frame *frame, uintptr_t handler)
{
	registers[REG_ESP] = registers[REG_EBX] = (greg_t)frame;
	registers[REG_EDI] = (greg_t)frame->shown.vector;
	registers[REG_EAX] = (greg_t)handler;
	registers[REG_EFL] = 0x202;
	registers[REG_EIP] = (greg_t)(uintptr_t)jumpslot_upcall;
}

struct frame *frame_push(void *context, int vector, uintptr_t handler)
{
	mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
	struct xsave *xsave = fsave_next(machine->fpregs);
	uintptr_t sp = (uintptr_t)machine->gregs[REG_ESP];
	uintptr_t returns = sp - 2 * sizeof(uintptr_t);
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
	fsave_reset(machine->fpregs);
	enter_handler(machine->gregs, frame, handler);
	return frame;
}

size_t frame_size(void)
{
	return 2 * sizeof(uintptr_t) + 63 + xsave_largest() + 63 + sizeof(struct frame);
}
