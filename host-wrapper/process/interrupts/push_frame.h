/* Writing an interrupt's frame onto the guest's stack. */
#ifndef JUMPSLOT_PUSH_FRAME_H
#define JUMPSLOT_PUSH_FRAME_H

#include "vcpu/interrupt_frame.h"

/* Where the frame of the interrupted guest goes. */
struct frame_place push_frame_place(const void *context);

/*
 * Writes the frame of the interrupted guest to that place, and resets the vector
 * registers in the signal's context. Returns NULL, with nothing changed, where the guest
 * cannot write to its stack.
 */
struct frame *push_frame(void *context, const struct frame_place *place);

#endif
