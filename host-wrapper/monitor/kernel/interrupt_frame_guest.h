/*
 * The frame of an interrupt on a guest's stack, for guests of either width: an x86-64
 * guest's is that of vcpu/interrupt_frame.h.
 */
#ifndef JUMPSLOT_MONITOR_INTERRUPT_FRAME_GUEST_H
#define JUMPSLOT_MONITOR_INTERRUPT_FRAME_GUEST_H

#include "partition.h"

/* Where a frame goes. All lie below the stack pointer. */
struct guest_frame_place {
	uint64_t end; /* lowest that the handler's call and return use */
	uint64_t frame;
	uint64_t vectors;
	uint64_t returns;
};

struct guest_frame_place guest_frame_place(const struct partition *partition);

/*
 * Writes the frame of the interrupted registers, in which level and nesting of `shown`
 * are already filled in, and continues the guest in its handler. Returns false, with
 * nothing changed, if the guest may not write there.
 */
bool guest_frame_enter(struct partition *partition, const struct guest_frame_place *place,
		       const struct jumpslot_interrupt_frame *shown, uint64_t handler);

#endif
