/* Functions that check i386's registers. For calls_i386_guest.c and its provider. */
#ifndef CALLS_I386_H
#define CALLS_I386_H

#include <stdint.h>
#include <jumpslot/external_func.h>
#include "calls_form.h"

/* A function's registers on entry. The provider's assembly knows the offsets. */
struct registers {
	uint32_t eax, edx, ecx;
	uint32_t ebx, esi, edi, ebp;
	uint32_t esp;
	uint32_t mxcsr;
	uint32_t control;
	uint8_t ymm[8][32];
	uint8_t mm[8][8];
};

#define I386_CALLS(X) X(uint32_t, call_chain, int)
/* Takes its arguments in EAX, EDX and ECX, and on the stack. */
#define I386_REGPARM3_CALLS(X) X(void, call_registers, int, int, int, struct registers *)

I386_CALLS(CALL)
I386_REGPARM3_CALLS(EXTERNAL_FUNC_REGPARM3)

#endif
