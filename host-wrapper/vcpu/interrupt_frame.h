/*
 * What lies on the guest's stack while an interrupt is handled, and the places in it that
 * assembly needs. It is written from a signal's context; one file an architecture knows
 * which registers are there.
 */
#ifndef JUMPSLOT_INTERRUPT_FRAME_H
#define JUMPSLOT_INTERRUPT_FRAME_H

#define FRAME_LEVEL    28
#define FRAME_NESTING  32
#define FRAME_FEATURES 40 /* which components XRSTOR may restore, 32 bits */
#define FRAME_CHANGED  44 /* and those of them that it has to, whatever is in use */
#define FRAME_VECTORS  48 /* address of them */
#define FRAME_RETURN   56 /* address of two words: flags and program counter */
#define FRAME_GENERAL  64 /* general registers, a word each */

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jumpslot/external_abi.h>

/* As many as are restored by name, at most. */
#define FRAME_REGISTERS 15

struct frame {
	struct jumpslot_interrupt_frame shown; /* what the handler may look at */
	uint32_t features;
	uint32_t changed;
	uint64_t vectors;
	uint64_t returns;
	uintptr_t general[FRAME_REGISTERS];
} __attribute__((__aligned__(16)));
_Static_assert(offsetof(struct frame, shown.level) == FRAME_LEVEL, "frame.level");
_Static_assert(offsetof(struct frame, shown.nesting) == FRAME_NESTING, "frame.nesting");
_Static_assert(offsetof(struct frame, features) == FRAME_FEATURES, "frame.features");
_Static_assert(offsetof(struct frame, changed) == FRAME_CHANGED, "frame.changed");
_Static_assert(offsetof(struct frame, vectors) == FRAME_VECTORS, "frame.vectors");
_Static_assert(offsetof(struct frame, returns) == FRAME_RETURN, "frame.returns");
_Static_assert(offsetof(struct frame, general) == FRAME_GENERAL, "frame.general");

/*
 * Writes the frame of the interrupted guest below its stack pointer (and red zone), and
 * changes the signal's context so that it goes on in the guest's handler, with flags and
 * vector registers as a function expects them. NULL, with nothing changed, where the
 * guest has no room for it.
 */
struct frame *frame_push(void *context, int vector, uintptr_t handler);

/* Bytes below the stack pointer that a frame takes, at most. */
size_t frame_size(void);

/* An architecture's: bytes below the stack pointer that are in use; which registers
 * `general` holds, in the order of the assembly; and going on in jumpslot_upcall. */
extern const size_t frame_red_zone;
extern const int frame_general[];
extern const size_t frame_general_count;
void frame_enter(void *context, struct frame *frame, uintptr_t handler);

#endif
#endif
