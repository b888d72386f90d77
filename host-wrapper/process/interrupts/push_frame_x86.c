/* An interrupt's frame from the kernel's frame of the signal. See push_frame.h. */
#include <string.h>

#include <jumpslot/provider.h>

#include "process/signals/context.h"
#include "process/signals/xsave_x86.h"
#include "push_frame.h"
#include "vcpu/hooks.h"
#include "vcpu/vcpu.h"

struct frame *push_frame(void *context)
{
	struct xsave *xsave = context_xsave(context);
	const uintptr_t sp = context_sp(context);
	const struct frame_place place = frame_place(sp, xsave_size(xsave));
	struct frame *frame = (struct frame *)place.frame;
	struct frame_return words;

	if (!vcpu_stack_has(sp, sp - place.end))
		vcpu_stack_full(context_pc(context), sp, sp - place.end);
	if (sp < place.frame ||
	    jumpslot_guest_range(frame, sp - place.frame, JUMPSLOT_WRITE))
		return NULL;
	context_read(context, &frame->registers);
	words = frame_fill(frame, &place);
	/* The guest's stack pointer may have any alignment. */
	memcpy((void *)place.returns, &words, sizeof(words));
	frame->features = (uint32_t)xsave_features(xsave);
	frame->changed = (uint32_t)xsave_changed(xsave);
	xsave_copy(place.vectors, xsave);
	context_reset_vectors(context);
	return frame;
}
