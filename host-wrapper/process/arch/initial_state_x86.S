/* An XSAVE area in which all components are in their initial state. */
#include "common/asm_x86.h"
#include "vcpu/registers_x86.h"

#define MXCSR	24	/* offset in the area */
#define LARGEST 4096	/* XRSTOR may read all of the area */

	.section .rodata, "a"
	.balign	64
	.type	initial_state, @object
HIDDEN(initial_state)
	.short	X86_X87_CONTROL_DEFAULT
	.zero	MXCSR - 2
	.long	X86_MXCSR_DEFAULT
	.zero	LARGEST - MXCSR - 4
	.size	initial_state, . - initial_state

	.section .note.GNU-stack,"",@progbits
