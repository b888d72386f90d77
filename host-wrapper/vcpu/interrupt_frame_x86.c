/* Frames of interrupts on x86-64 and i386. See interrupt_frame_x86.h. */
#include "interrupt_frame.h"
#include "xsave_size_x86.h"

/* XRSTOR's alignment; the stack needs no more. */
#define ALIGNMENT ((uintptr_t)64)

/* Bytes below the stack pointer that a function may use without a frame (psABI). */
#ifdef __x86_64__
#define RED_ZONE ((uintptr_t)128)
#else
#define RED_ZONE ((uintptr_t)0)
#endif

/* At least what jumpslot_upcall and the return's calls use below the frame. */
#define CALL_BYTES ((uintptr_t)128)

static uintptr_t align_down(uintptr_t address)
{
	return address & ~(ALIGNMENT - 1);
}

struct frame_place frame_place(uintptr_t sp, size_t xsave_bytes)
{
	uintptr_t returns = sp - RED_ZONE - sizeof(struct frame_return);
	uintptr_t vectors = align_down(returns - xsave_bytes);
	uintptr_t frame = align_down(vectors - sizeof(struct frame));

	return (struct frame_place){
		.end = frame - CALL_BYTES,
		.frame = frame,
		.vectors = vectors,
		.returns = returns,
	};
}

struct frame_return frame_fill(struct frame *frame, const struct frame_place *place)
{
	const struct registers *interrupted = &frame->registers;

	frame->shown.pc = interrupted->pc;
	frame->shown.sp = interrupted->sp;
	frame->shown.flags = interrupted->flags;
	frame->shown.reserved = 0;
	frame->vectors = place->vectors;
	frame->returns = place->returns;
	return (struct frame_return){ interrupted->flags, interrupted->pc };
}

struct entry_registers frame_enter(uintptr_t frame, unsigned vector, uintptr_t handler,
				   uintptr_t upcall)
{
	return (struct entry_registers){
		.ax = handler,
		.bx = frame,
		.si = frame,
		.di = vector,
		.sp = frame,
		.pc = upcall,
	};
}

size_t frame_size(void)
{
	return RED_ZONE + sizeof(struct frame_return) + xsave_largest() +
	       sizeof(struct frame) + 2 * (ALIGNMENT - 1) + CALL_BYTES;
}
