/* The other end of an i386 thunk, for thunks.c: returns the function's stack_bytes. */
#include "process/calls/gate_offsets.h"

	.text
	.globl	jumpslot_gate
	.globl	jumpslot_gate_on_guest_stack
	.type	jumpslot_gate, @function
jumpslot_gate:
jumpslot_gate_on_guest_stack:
	.cfi_startproc
	.cfi_def_cfa %esp, 12
	.cfi_offset %ebp, -8
	pop	%ecx
	.cfi_adjust_cfa_offset -4
	mov	FUNCTION_STACK_BYTES(%ecx), %eax
	pop	%ebp
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebp
	ret
	.cfi_endproc
	.size	jumpslot_gate, . - jumpslot_gate

	.section .note.GNU-stack,"",@progbits
