/*
 * The virtual CPU: its state page, the note that names the page, the frame of an
 * interrupt, and the vectors. docs/abi.md, "Virtual CPU", explains the layout, and
 * docs/virtual-cpu.md the rules of delivery.
 *
 * Depends on <stdint.h> and static_assert.h. Assembly may include this file; it then gets
 * the constants alone.
 */
#ifndef JUMPSLOT_ABI_VCPU_H
#define JUMPSLOT_ABI_VCPU_H

/* The type of the note of a guest that takes interrupts; its owner is
 * JUMPSLOT_NOTE_OWNER, and it is in JUMPSLOT_SECTION_NOTE. */
#define JUMPSLOT_NOTE_VCPU 3

/* jumpslot_vcpu_state.version and jumpslot_vcpu_note_desc.version */
#define JUMPSLOT_VCPU_VERSION 1

/* Bytes reserved for the state, and its alignment. */
#define JUMPSLOT_VCPU_PAGE 4096

/* Vectors: 0 is the clock, 1 to 15 are lines of the host, 16 to 63 are the guest's own.
 */
#define JUMPSLOT_VECTORS	64
#define JUMPSLOT_VECTOR_CLOCK	0
#define JUMPSLOT_VECTOR_CONSOLE 1
#define JUMPSLOT_VECTOR_SOFT	16

#ifndef __ASSEMBLER__
#include <stdint.h>
#include "../static_assert.h"

/*
 * The state of the virtual CPU: the first bytes of a page in the guest's own memory.
 * Guest and host both read and write it; the host trusts nothing that it reads there. Bit
 * n of a set is vector n.
 */
struct jumpslot_vcpu_state {
	uint32_t version;    /* JUMPSLOT_VCPU_VERSION, filled in by the host */
	uint32_t size;	     /* bytes of this structure */
	uint32_t level;	     /* 0: interrupts are enabled; anything else: disabled */
	uint32_t nesting;    /* handlers that have not returned */
	uint64_t pending;    /* raised and not yet delivered */
	uint64_t masked;     /* not to be delivered; initially all */
	uint64_t in_service; /* delivered and not yet acknowledged */
	uint32_t missed;     /* clock periods that were not delivered */
	uint32_t coalesced;  /* raised while already pending; the clock not counted */
	uint32_t partition;  /* which guest this is, where there are several */
	uint32_t reserved;
	uint64_t stack_limit; /* lowest address for a frame; written by the guest; 0: any
			       */
};

/*
 * The `frame` argument of an interrupt handler points to this, on the interrupted stack.
 * The host's own part of the frame follows. Returning from the handler reads all of it.
 */
struct jumpslot_interrupt_frame {
	uint64_t pc; /* where the guest was interrupted */
	uint64_t sp;
	uint64_t flags;
	uint32_t vector;
	uint32_t level;	  /* before the interrupt; restored on return */
	uint32_t nesting; /* before the interrupt; restored on return */
	uint32_t reserved;
};

/* The descriptor of the note. `state`: offset of the page, relative to this field. */
struct jumpslot_vcpu_note_desc {
	uint32_t version;
	int32_t state;
};

JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_vcpu_state) == 64, "jumpslot_vcpu_state");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_interrupt_frame) == 40,
		       "jumpslot_interrupt_frame");
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_vcpu_note_desc) == 8,
		       "jumpslot_vcpu_note_desc");

#endif /* __ASSEMBLER__ */
#endif
