/* Thunks of x86-64. See thunk.h. */
#include <string.h>

#include "process/calls/thunk.h"

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
