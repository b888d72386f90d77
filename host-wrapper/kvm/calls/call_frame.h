/*
 * The frame of a trapped call: what the gate inside the virtual machine writes to the
 * guest's stack, and where the host leaves results. A callback has another frame of the
 * same form below it, which the host writes. The guest can change both: the host checks
 * their places and copies each once. Depends on <stdint.h> alone.
 */
#ifndef JUMPSLOT_CALL_FRAME_H
#define JUMPSLOT_CALL_FRAME_H

#include <stdint.h>

#define CALL_VECTOR_REGISTERS 8
/* The largest vector register: ZMM. */
#define CALL_LARGEST_VECTOR 64

struct call_frame {
	uint64_t next;	 /* in a callback's frame: its stack pointer. In the gate's, from
			    the host: 0: return; else the frame of a callback */
	uint64_t target; /* the function to call back */
	uint64_t index;	 /* of the import; in a callback's frame: the gate's frame */
	uint32_t x87; /* whether `st` holds a result; at the start of a callback: bytes of
			 a vector register */
	uint32_t reserved;
	uint64_t ax;
	uint64_t di;
	uint64_t si;
	uint64_t dx;
	uint64_t cx;
	uint64_t r8;
	uint64_t r9;
	uint64_t r10;
	uint8_t st[16];
	uint64_t saved; /* by a callback: BX, and where the gate goes on */
	uint64_t returns;
};

_Static_assert(sizeof(struct call_frame) == 128, "vectors follow it");

/* The host's copy, with room for any vector registers. */
struct call_copy {
	struct call_frame frame;
	uint8_t vectors[CALL_VECTOR_REGISTERS * CALL_LARGEST_VECTOR];
};

#endif
