/* Thunks of traced calls on i386. See trace_ways.h. */
#include <string.h>

#include "process/trace/trace_ways.h"

void trace_thunk_write(uint8_t *at, const struct trace_function *function)
{
	static const uint8_t code[TRACE_THUNK_SIZE] = {
		0xf3, 0x0f, 0x1e, 0xfb,	      /* endbr32 */
		0x68, 0,    0,	  0,	0,    /* push $function */
		0xff, 0x25, 0,	  0,	0, 0, /* jmp *function: its way */
	};
	const uintptr_t address = (uintptr_t)function;

	_Static_assert(offsetof(struct trace_function, way) == 0, "jumped through");
	memcpy(at, code, sizeof(code));
	memcpy(at + 5, &address, sizeof(address));
	memcpy(at + 11, &address, sizeof(address));
}
