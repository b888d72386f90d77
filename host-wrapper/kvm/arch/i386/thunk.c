/* A thunk on i386, where every register that a call does not preserve may hold an
 * argument. See inside/thunk.h. */
#include <string.h>

#include "kvm/inside/thunk.h"

void thunk_write(uint8_t *thunk, uint32_t index, uintptr_t gate)
{
	static const uint8_t code[THUNK_SIZE] = {
		0xf3, 0x0f, 0x1e, 0xfb,	   /* endbr32 */
		0x55,			   /* push %ebp */
		0x68, 0,    0,	  0,	0, /* push $index */
		0xe9, 0,    0,	  0,	0, /* jmp gate */
		0xcc,
	};
	const uint32_t distance = (uint32_t)(gate - (uintptr_t)(thunk + THUNK_SIZE - 1));

	memcpy(thunk, code, sizeof(code));
	memcpy(thunk + 6, &index, sizeof(index));
	memcpy(thunk + 11, &distance, sizeof(distance));
}
