/*
 * The frame of an interrupt on x86-64 and i386: its fields, and how it is filled. A host
 * checks that the guest may write there, and writes the bytes. Depends on registers.h and
 * on the ABI.
 */
#ifndef JUMPSLOT_INTERRUPT_FRAME_X86_H
#define JUMPSLOT_INTERRUPT_FRAME_X86_H

#include <stddef.h>
#include <stdint.h>

#include <jumpslot/external_abi.h>
#include "registers.h"

struct frame {
	struct jumpslot_interrupt_frame shown; /* the part that the handler knows */
	uint32_t features;		       /* components that XRSTOR may restore */
	uint32_t changed; /* components to restore even if they are not in use */
	uint64_t vectors; /* address of the XSAVE area */
	uint64_t returns; /* address of struct frame_return */
	struct registers registers; /* of the interrupted guest */
} __attribute__((__aligned__(16)));

/* The two words at `returns`. */
struct frame_return {
	uintptr_t flags;
	uintptr_t pc;
};

/* Addresses of a frame's parts. All lie below the stack pointer. */
struct frame_place {
	uintptr_t end;	   /* lowest that the handler's call and return use */
	uintptr_t frame;   /* lowest of the frame */
	uintptr_t vectors; /* XSAVE area, aligned for XRSTOR */
	uintptr_t returns; /* below the red zone */
};

/* Where the frame goes for this stack pointer and an XSAVE area of `xsave_bytes`. */
struct frame_place frame_place(uintptr_t sp, size_t xsave_bytes);

/*
 * Fills the fields that follow from the place and from frame->registers, which are the
 * interrupted guest's. The host fills `features` and `changed`; vcpu_enter() fills the
 * vector, the level and the nesting. `frame` may be a copy of the one at place->frame.
 * Returns the words for place->returns.
 */
struct frame_return frame_fill(struct frame *frame, const struct frame_place *place);

/* The registers with which the guest's handler is entered at `upcall`, which is
 * jumpslot_upcall as the guest sees it, with X86_FLAGS_DEFAULT. */
struct entry_registers frame_enter(uintptr_t frame, unsigned vector, uintptr_t handler,
				   uintptr_t upcall);

#endif
