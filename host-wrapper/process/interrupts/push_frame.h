/* Writing an interrupt's frame onto the guest's stack. */
#ifndef JUMPSLOT_PUSH_FRAME_H
#define JUMPSLOT_PUSH_FRAME_H

#include "vcpu/interrupt_frame.h"

/*
 * Writes the frame of the interrupted guest below its stack pointer, and resets the
 * vector registers in the signal's context. Returns NULL, with nothing changed, where the
 * guest cannot write to its stack. Ends the guest where the frame would lie below its
 * stack's limit.
 */
struct frame *push_frame(void *context);

#endif
