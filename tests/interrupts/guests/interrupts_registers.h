/*
 * All registers that an interrupt must not change: as they were loaded, and as they were
 * stored later. Included from assembly and C; depends on <stdint.h>.
 */
#ifndef INTERRUPTS_REGISTERS_H
#define INTERRUPTS_REGISTERS_H

/* struct register_set; a general register has 8 bytes on i386 too. */
#define SET_FX	    0
#define SET_VECTORS 512
#define SET_MASKS   2560
#define SET_GENERAL 2624
#define SET_SP	    2744
#define SET_FLAGS   2752
#define SET_BELOW   2768
#define SET_SIZE    2944

/* struct registers */
#define LOADED	0
#define SEEN	SET_SIZE
#define LEVEL	(2 * SET_SIZE)
#define SPINS	(2 * SET_SIZE + 4)
#define INITIAL (2 * SET_SIZE + 8)

/* Vector registers: XMM alone, with YMM, with ZMM and masks. */
#define LEVEL_XMM 0
#define LEVEL_YMM 1
#define LEVEL_ZMM 2

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

#ifdef __x86_64__
#define GENERAL_COUNT 15
#define XMM_COUNT     16
#define ZMM_COUNT     32
#define BELOW_COUNT   16 /* words of the red zone */
#else
#define GENERAL_COUNT 7
#define XMM_COUNT     8
#define ZMM_COUNT     8
#define BELOW_COUNT   0
#endif
#define GENERAL_CX 1 /* counts the spins down to 0 */

/* The area of FXRSTOR (Intel SDM, volume 1, table 10-2). */
struct fx_area {
	uint16_t control;
	uint16_t status;
	uint8_t tags;
	uint8_t reserved;
	uint16_t opcode;
	uint64_t pointers[2];
	uint32_t mxcsr;
	uint32_t mxcsr_mask;
	uint64_t x87[8][2];
	uint64_t xmm[16][2];
	uint64_t unused[12];
};

struct register_set {
	struct fx_area fx;
	uint64_t vectors[32][8];
	uint64_t masks[8];
	uint64_t general[15];
	uint64_t sp;
	uint64_t flags;
	uint64_t reserved;
	uint64_t below[16]; /* the red zone */
} __attribute__((__aligned__(64)));

struct registers {
	struct register_set loaded, seen;
	uint32_t level;
	uint32_t spins;
	uint32_t initial; /* vectors beyond XMM are in their initial state: zero */
};

#define SET_ASSERT(field, offset)                                                        \
	_Static_assert(offsetof(struct register_set, field) == (offset), #field)
SET_ASSERT(vectors, SET_VECTORS);
SET_ASSERT(masks, SET_MASKS);
SET_ASSERT(general, SET_GENERAL);
SET_ASSERT(sp, SET_SP);
SET_ASSERT(flags, SET_FLAGS);
SET_ASSERT(below, SET_BELOW);
_Static_assert(sizeof(struct register_set) == SET_SIZE, "register_set");
_Static_assert(offsetof(struct registers, level) == LEVEL, "registers.level");
_Static_assert(offsetof(struct registers, spins) == SPINS, "registers.spins");
_Static_assert(offsetof(struct registers, initial) == INITIAL, "registers.initial");
#undef SET_ASSERT

/* Loads all registers, spins, and stores them. Changes no flag in between. */
void registers_step(struct registers *registers);

/* Overwrites all caller-saved registers with values that no caller expects. */
void registers_trash(uint32_t level);

/* Stores its place at `from` and continues at `to`, a place stored earlier. */
void switch_stacks(void **from, void *to);
#endif
#endif
