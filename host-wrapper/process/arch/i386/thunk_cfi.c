/*
 * Call frames of i386's thunks. A thunk pushes twice, so the frame depends on the place
 * in it; expressions work that out from EIP, as linkers do for the PLT. See thunk_cfi.h.
 *
 *      0  endbr32
 *      4  push %ebp
 *      5  push $function
 *     10  jmp  gate
 */
#include <elf.h>
#include <string.h>

#include "process/calls/thunk_cfi.h"

#define DW_CFA_def_cfa_expression 0x0f
#define DW_CFA_val_expression	  0x16
#define DW_CFA_offset		  0x80
#define DW_OP_deref		  0x06
#define DW_OP_const4u		  0x0c
#define DW_OP_dup		  0x12
#define DW_OP_swap		  0x16
#define DW_OP_minus		  0x1c
#define DW_OP_mod		  0x1d
#define DW_OP_plus		  0x22
#define DW_OP_shl		  0x24
#define DW_OP_bra		  0x28
#define DW_OP_ge		  0x2a
#define DW_OP_skip		  0x2f
#define DW_OP_lit(n)		  (0x30 + (n))
#define DW_OP_breg(n)		  (0x70 + (n))
#define ESP			  4
#define EBP			  5
#define EIP			  8

/* Where the two pushes are done. */
#define PUSHED_EBP	5
#define PUSHED_FUNCTION 10

/* Leaves the place in the thunk on the expression's stack. */
struct place {
	uint8_t pc[2];
	uint8_t operand_start;
	uint32_t start;
	uint8_t minus;
	uint8_t operand_stride;
	uint32_t stride;
	uint8_t mod;
} __attribute__((__packed__));

struct debug_frame {
	struct {
		uint32_t length; /* of what follows it */
		uint32_t id;
		uint8_t version, augmentation, address_size, segment_size;
		uint8_t code_alignment, data_alignment, return_address;
		uint8_t rules[5];
	} __attribute__((__packed__)) cie;
	struct {
		uint32_t length;
		uint32_t cie; /* its offset */
		uint32_t start;
		uint32_t size;
		struct {
			uint8_t rule, length;
			struct place place;
			uint8_t expression[12];
		} __attribute__((__packed__)) cfa;
		struct {
			uint8_t rule, number, length;
			struct place place;
			uint8_t expression[13];
		} __attribute__((__packed__)) ebp;
		uint8_t padding[2];
	} __attribute__((__packed__)) fde;
};

_Static_assert(sizeof(struct debug_frame) <= THUNK_CFI_ROOM, "room");
_Static_assert(sizeof(struct debug_frame) % 4 == 0, "padding");

const uint16_t thunk_cfi_machine = EM_386;

static struct place place_in(const struct thunk_area *area)
{
	return (struct place){
		.pc = { DW_OP_breg(EIP), 0 },
		.operand_start = DW_OP_const4u,
		.start = (uint32_t)area->start,
		.minus = DW_OP_minus,
		.operand_stride = DW_OP_const4u,
		.stride = (uint32_t)area->stride,
		.mod = DW_OP_mod,
	};
}

size_t thunk_cfi_write(unsigned char cfi[THUNK_CFI_ROOM], const struct thunk_area *area)
{
	const struct debug_frame frame = {
		.cie = {
			.length = sizeof(frame.cie) - sizeof(frame.cie.length),
			.id = UINT32_MAX,
			.version = 4,
			.address_size = 4,
			.code_alignment = 1,
			.data_alignment = 0x7c, /* -4 */
			.return_address = EIP,
			.rules = { DW_CFA_offset | EIP, 1 },
		},
		.fde = {
			.length = sizeof(frame.fde) - sizeof(frame.fde.length),
			.start = (uint32_t)area->start,
			.size = (uint32_t)(area->stride * area->count),
			/* ESP + 4, and 4 more after each push */
			.cfa = {
				.rule = DW_CFA_def_cfa_expression,
				.length = sizeof(frame.fde.cfa) - 2,
				.place = place_in(area),
				.expression = {
					DW_OP_dup,
					DW_OP_lit(PUSHED_EBP), DW_OP_ge,
					DW_OP_swap,
					DW_OP_lit(PUSHED_FUNCTION), DW_OP_ge,
					DW_OP_plus, DW_OP_lit(2), DW_OP_shl,
					DW_OP_breg(ESP), 4, DW_OP_plus,
				},
			},
			/* itself, or what is at the CFA - 8, with the CFA on the stack */
			.ebp = {
				.rule = DW_CFA_val_expression,
				.number = EBP,
				.length = sizeof(frame.fde.ebp) - 3,
				.place = place_in(area),
				.expression = {
					DW_OP_lit(PUSHED_EBP), DW_OP_ge,
					DW_OP_bra, 5, 0,
					DW_OP_breg(EBP), 0,
					DW_OP_skip, 3, 0,
					DW_OP_lit(8), DW_OP_minus, DW_OP_deref,
				},
			},
		},
	};

	memcpy(cfi, &frame, sizeof(frame));
	return sizeof(frame);
}
