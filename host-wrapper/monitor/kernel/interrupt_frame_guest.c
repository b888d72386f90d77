/* Two widths of the same frame. See interrupt_frame_guest.h. */
#include "guest_memory.h"
#include "interrupt_frame_guest.h"
#include "interrupt_frame_i386.h"
#include "vcpu/interrupt_frame.h"

#define ALIGNMENT  ((uint64_t)64)
#define CALL_BYTES ((uint64_t)128) /* as in vcpu/interrupt_frame_x86.c */

/* MXCSR has no initial state, so these are restored even if they are not in use. */
#define ALWAYS_CHANGED 7u

static struct guest_frame_place place_x86_64(uint64_t sp)
{
	const struct frame_place place = frame_place(sp, XSTATE_SIZE);

	return (struct guest_frame_place){ place.end, place.frame, place.vectors,
					   place.returns };
}

static struct guest_frame_place place_i386(uint64_t sp)
{
	const uint64_t returns = sp - sizeof(struct frame_return_i386);
	const uint64_t vectors = (returns - XSTATE_SIZE) & ~(ALIGNMENT - 1);
	const uint64_t frame = (vectors - sizeof(struct frame_i386)) & ~(ALIGNMENT - 1);

	return (struct guest_frame_place){ frame - CALL_BYTES, frame, vectors, returns };
}

struct guest_frame_place guest_frame_place(const struct partition *partition)
{
	const uint64_t sp = partition->registers.sp;

	return partition->is_64_bit ? place_x86_64(sp) : place_i386(sp);
}

/* Saves the vector registers and leaves them as a function expects them. */
static bool write_vectors(const struct partition *partition, uint64_t to,
			  uint32_t *changed)
{
	static struct xstate saved;

	xstate_save(&saved);
	*changed = xstate_in_use(&saved) | ALWAYS_CHANGED;
	if (!guest_memory_write(partition, to, &saved, sizeof(saved)))
		return false;
	xstate_load_initial();
	return true;
}

static bool write_x86_64(const struct partition *partition,
			 const struct guest_frame_place *place,
			 const struct jumpslot_interrupt_frame *shown, uint32_t changed)
{
	const struct trap_frame *from = &partition->registers;
	const struct frame_place parts = { place->end, place->frame, place->vectors,
					   place->returns };
	struct frame frame = {
		.shown = *shown,
		.features = xstate_components(),
		.changed = changed,
		.registers = { from->general, from->sp, from->pc, from->flags },
	};
	const struct frame_return words = frame_fill(&frame, &parts);

	return guest_memory_write(partition, place->frame, &frame, sizeof(frame)) &&
	       guest_memory_write(partition, place->returns, &words, sizeof(words));
}

static bool write_i386(const struct partition *partition,
		       const struct guest_frame_place *place,
		       const struct jumpslot_interrupt_frame *shown, uint32_t changed)
{
	const struct trap_frame *from = &partition->registers;
	const struct general_registers *general = &from->general;
	struct frame_i386 frame = {
		.shown = *shown,
		.features = xstate_components(),
		.changed = changed,
		.vectors = place->vectors,
		.returns = place->returns,
		.registers = { (uint32_t)general->ax, (uint32_t)general->cx,
			       (uint32_t)general->dx, (uint32_t)general->si,
			       (uint32_t)general->di, (uint32_t)general->bp,
			       (uint32_t)general->bx, (uint32_t)from->sp,
			       (uint32_t)from->pc, (uint32_t)from->flags },
	};
	const struct frame_return_i386 words = { (uint32_t)from->flags,
						 (uint32_t)from->pc };

	frame.shown.pc = from->pc;
	frame.shown.sp = from->sp;
	frame.shown.flags = from->flags;
	return guest_memory_write(partition, place->frame, &frame, sizeof(frame)) &&
	       guest_memory_write(partition, place->returns, &words, sizeof(words));
}

bool guest_frame_enter(struct partition *partition, const struct guest_frame_place *place,
		       const struct jumpslot_interrupt_frame *shown, uint64_t handler)
{
	const struct entry_registers entry = frame_enter(
		place->frame, shown->vector, handler, partition->record->runtime.upcall);
	struct trap_frame *registers = &partition->registers;
	uint32_t changed;

	/* All of it at first, so that half a frame is never left. */
	if (place->frame > registers->sp ||
	    !guest_memory_has(partition, place->frame, registers->sp - place->frame,
			      BOOT_WRITE))
		return false;
	write_vectors(partition, place->vectors, &changed);
	if (partition->is_64_bit)
		write_x86_64(partition, place, shown, changed);
	else
		write_i386(partition, place, shown, changed);
	registers->general.ax = entry.ax;
	registers->general.bx = entry.bx;
	registers->general.si = entry.si;
	registers->general.di = entry.di;
	registers->sp = entry.sp;
	registers->pc = entry.pc;
	registers->flags = X86_FLAGS_DEFAULT;
	return true;
}
