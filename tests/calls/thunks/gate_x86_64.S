/* The other end of an x86-64 thunk, for thunks.c: returns the function's stack_bytes. */
#include "process/calls/gate_offsets.h"

	.text
	.globl	jumpslot_gate
	.globl	jumpslot_gate_on_guest_stack
	.type	jumpslot_gate, @function
jumpslot_gate:
jumpslot_gate_on_guest_stack:
	.cfi_startproc
	mov	FUNCTION_STACK_BYTES(%r11), %eax
	ret
	.cfi_endproc
	.size	jumpslot_gate, . - jumpslot_gate

	.section .note.GNU-stack,"",@progbits
