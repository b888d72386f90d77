/* Thunks of traced calls on x86-64. See trace_ways.h. */
#include <string.h>

#include "process/trace/trace_ways.h"

void trace_thunk_write(uint8_t *at, const struct trace_function *function)
{
	static const uint8_t code[TRACE_THUNK_SIZE] = {
		0xf3, 0x0f, 0x1e, 0xfa,			  /* endbr64 */
		0x49, 0xbb, 0,	  0,	0, 0, 0, 0, 0, 0, /* movabs $function, %r11 */
		0x41, 0xff, 0x23,			  /* jmp *(%r11): its way */
	};
	const uintptr_t address = (uintptr_t)function;

	_Static_assert(offsetof(struct trace_function, way) == 0, "jumped through");
	memcpy(at, code, sizeof(code));
	memcpy(at + 6, &address, sizeof(address));
}
