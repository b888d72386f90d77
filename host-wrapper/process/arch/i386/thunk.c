/* Thunks of i386. See thunk.h. */
#include <string.h>

#include "process/calls/thunk.h"

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
