/* Thunks of x86-64. See thunk.h. */
#include <elf.h>
#include <string.h>

#include "process/calls/thunk.h"
#include "process/calls/thunk_cfi.h"

#define DW_CFA_def_cfa 0x0c
#define DW_CFA_offset  0x80
#define RSP	       7
#define RETURN_ADDRESS 16

/* A thunk leaves the stack as the call made it. */
const struct thunk_frames thunk_frames = {
	.machine = EM_X86_64,
	.return_address = RETURN_ADDRESS,
	.rules = { DW_CFA_def_cfa, RSP, 8, DW_CFA_offset | RETURN_ADDRESS, 1 },
};

static void write_distance(uint8_t *field, const void *target)
{
	int32_t distance = (int32_t)((intptr_t)target - (intptr_t)field - 4);

	memcpy(field, &distance, sizeof(distance));
}

void thunk_write(uint8_t *at, const struct gate_function *function)
{
	static const uint8_t code[THUNK_SIZE] = {
		0xf3, 0x0f, 0x1e, 0xfa,		 /* endbr64 */
		0x4c, 0x8d, 0x1d, 0,	0, 0, 0, /* lea function(%rip), %r11 */
		0xe9, 0,    0,	  0,	0,	 /* jmp gate */
	};

	memcpy(at, code, sizeof(code));
	write_distance(at + 7, function);
	write_distance(at + 12, function->on_guest_stack ? jumpslot_gate_on_guest_stack
							 : jumpslot_gate);
}
