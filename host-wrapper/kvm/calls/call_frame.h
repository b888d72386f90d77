/*
 * The frame of a trapped call: what the gate inside the virtual machine writes to the
 * guest's stack, and where the host leaves results. A callback has another frame of the
 * same form below it, which the host writes. The guest can change both: the host checks
 * their places and copies each once. Depends on the C library's types alone.
 */
#ifndef JUMPSLOT_CALL_FRAME_H
#define JUMPSLOT_CALL_FRAME_H

#include <stddef.h>
#include <stdint.h>

/* Registers that pass vector arguments, and the largest one: ZMM. */
#define CALL_VECTOR_REGISTERS ((size_t)(sizeof(void *) == 8 ? 8 : 3))
#define CALL_LARGEST_VECTOR   64

struct call_frame {
	uintptr_t next;	  /* in a callback's frame: its stack pointer. In the gate's, from
			     the host: 0: return; else the frame of a callback */
	uintptr_t target; /* the function to call back */
	uintptr_t index;  /* of the import; in a callback's frame: the gate's frame */
	uint32_t x87; /* whether `st` holds a result; at the start of a callback: bytes of
			 a vector register */
	uint32_t popped; /* bytes of stack arguments that the function popped; i386 */
	uintptr_t ax;
	uintptr_t dx;
	uintptr_t cx;
	uintptr_t di; /* this one and those that follow: x86-64 */
	uintptr_t si;
	uintptr_t r8;
	uintptr_t r9;
	uintptr_t r10;
	uint8_t st[16];
	uintptr_t saved;   /* by a callback: BX; by i386's gate: its own place */
	uintptr_t returns; /* by a callback: where the gate goes on */
};

_Static_assert(sizeof(struct call_frame) == 24 + 13 * sizeof(uintptr_t),
	       "vectors follow it");

/* The host's copy, with room for any vector registers. */
struct call_copy {
	struct call_frame frame;
	uint8_t vectors[CALL_VECTOR_REGISTERS * CALL_LARGEST_VECTOR];
};

#endif
