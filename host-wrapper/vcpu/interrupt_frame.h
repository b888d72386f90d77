/* An interrupt's frame on the guest's stack, per machine. */
#ifndef JUMPSLOT_INTERRUPT_FRAME_H
#define JUMPSLOT_INTERRUPT_FRAME_H

#if defined(__x86_64__) || defined(__i386__)
#include "interrupt_frame_x86.h"
#else
#error "no interrupt frame for this machine"
#endif

#include <stddef.h>

/* The largest number of bytes that a frame takes below the stack pointer. */
size_t frame_size(void);

#endif
