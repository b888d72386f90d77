/* Frames of interrupts, from the kernel's own of their signal. See interrupt_frame.h. */
#define _GNU_SOURCE
#include <string.h>
#include <ucontext.h>

#include <jumpslot/provider.h>
#include "process/signals/context.h"
#include "interrupt_frame.h"
#include "xsave_x86.h"

/* XSAVE's, and no less than the stack's. */
#define ALIGNMENT ((size_t)64)

static uintptr_t align_down(uintptr_t address)
{
	return address & ~(uintptr_t)(ALIGNMENT - 1);
}

static void fill_in(struct frame *frame, const void *context, int vector)
{
	const greg_t *registers = ((const ucontext_t *)context)->uc_mcontext.gregs;
	const uintptr_t returns[] = { context_flags(context), context_pc(context) };

	frame->shown = (struct jumpslot_interrupt_frame){
		.pc = context_pc(context),
		.sp = context_sp(context),
		.flags = context_flags(context),
		.vector = (uint32_t)vector,
	};
	for (size_t i = 0; i < frame_general_count; i++)
		frame->general[i] = (uintptr_t)registers[frame_general[i]];
	/* As the guest's stack is aligned. */
	memcpy((void *)(uintptr_t)frame->returns, returns, sizeof(returns));
}

struct frame *frame_push(void *context, int vector, uintptr_t handler)
{
	struct xsave *xsave = context_xsave(context);
	uintptr_t sp = context_sp(context);
	uintptr_t returns = sp - frame_red_zone - 2 * sizeof(uintptr_t);
	uintptr_t vectors = align_down(returns - xsave_size(xsave));
	struct frame *frame = (struct frame *)align_down(vectors - sizeof(*frame));

	if (sp < (uintptr_t)frame ||
	    jumpslot_guest_range(frame, sp - (uintptr_t)frame, JUMPSLOT_WRITE))
		return NULL;
	frame->features = (uint32_t)xsave_features(xsave);
	frame->changed = (uint32_t)xsave_changed(xsave);
	frame->vectors = vectors;
	frame->returns = returns;
	xsave_copy(vectors, xsave);
	fill_in(frame, context, vector);
	context_reset_vectors(context);
	frame_enter(context, frame, handler);
	return frame;
}

size_t frame_size(void)
{
	return frame_red_zone + 2 * sizeof(uintptr_t) + xsave_largest() +
	       sizeof(struct frame) + 2 * (ALIGNMENT - 1);
}
