/* Thunks of i386. See thunk.h. */
#include <elf.h>
#include <string.h>

#include "process/calls/thunk.h"
#include "process/calls/thunk_cfi.h"

#define DW_CFA_def_cfa_expression 0x0f
#define DW_CFA_offset		  0x80
#define DW_OP_and		  0x1a
#define DW_OP_plus		  0x22
#define DW_OP_shl		  0x24
#define DW_OP_ge		  0x2a
#define DW_OP_dup		  0x12
#define DW_OP_swap		  0x16
#define DW_OP_lit(n)		  (0x30 + (n))
#define DW_OP_breg(n)		  (0x70 + (n))
#define ESP			  4
#define EIP			  8

/* Places in the code below. */
#define PUSHED_EBP	5
#define PUSHED_FUNCTION 10

/*
 * The CFA is ESP + 4, and 4 more after each push: the place in the thunk, which is
 * aligned to its size, tells how many there were. Linkers describe the PLT in the same
 * way. EBP needs no rule, as a thunk pushes it without changing it.
 */
const struct thunk_frames thunk_frames = {
	.machine = EM_386,
	.return_address = EIP,
	.rules = {
		DW_CFA_offset | EIP, 1,
		DW_CFA_def_cfa_expression, 16,
		DW_OP_breg(EIP), 0, DW_OP_lit(THUNK_SIZE - 1), DW_OP_and,
		DW_OP_dup, DW_OP_lit(PUSHED_EBP), DW_OP_ge,
		DW_OP_swap, DW_OP_lit(PUSHED_FUNCTION), DW_OP_ge,
		DW_OP_plus, DW_OP_lit(2), DW_OP_shl,
		DW_OP_breg(ESP), 4, DW_OP_plus,
	},
};

void thunk_write(uint8_t *at, const struct gate_function *function)
{
	static const uint8_t code[THUNK_SIZE] = {
		0xf3, 0x0f, 0x1e, 0xfb,	   /* endbr32 */
		0x55,			   /* push %ebp */
		0x68, 0,    0,	  0,	0, /* push $function */
		0xe9, 0,    0,	  0,	0, /* jmp gate */
		0x90,
	};
	const char *target =
		function->on_guest_stack ? jumpslot_gate_on_guest_stack : jumpslot_gate;
	uint32_t distance = (uint32_t)((uintptr_t)target - (uintptr_t)at - 15);
	uint32_t address = (uint32_t)(uintptr_t)function;

	memcpy(at, code, sizeof(code));
	memcpy(at + 6, &address, sizeof(address));
	memcpy(at + 11, &distance, sizeof(distance));
}
