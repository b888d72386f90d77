/*
 * From a host function to the guest's code, on i386. ECX holds what the macro
 * jumpslot_guest_call() put there, a struct jumpslot_callee; the arguments are on the
 * stack. See callback.h.
 */
#include "process/calls/gate_layout.h"

	.text
	.balign	64
	.globl	jumpslot_guest_entry
	.type	jumpslot_guest_entry, @function
jumpslot_guest_entry:
	.cfi_startproc
	endbr32
	push	%ebp
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebp, 0
	mov	%esp, %ebp
	.cfi_def_cfa_register %ebp
	sub	$CALLBACK_SIZE + RECORD_SIZE, %esp
	sub	CALLEE_STACK_BYTES(%ecx), %esp
	and	$-GATE_ALIGNMENT, %esp
	lea	8(%ebp), %edx		/* arguments on the stack */
	push	%esp
	push	%edx
	push	%ecx
	lea	-CALLBACK_SIZE(%ebp), %eax
	push	%eax
	call	callback_begin
	mov	CALLBACK_GUEST_SP - CALLBACK_SIZE(%ebp), %esp
	/* gdb lets a frame continue on another stack in code of this name alone. Local, sized
	   and of no type: what is shown is the function's own name. */
	.local	__morestack
__morestack:
	call	*CALLBACK_TARGET - CALLBACK_SIZE(%ebp)
	mov	%esp, %ecx
	sub	CALLBACK_GUEST_SP - CALLBACK_SIZE(%ebp), %ecx
	cmp	$4, %ecx		/* popped: nothing, or where the result goes */
	ja	jumpslot_callback_exit_fault
	lea	-CALLBACK_SIZE - 8(%ebp), %esp
	push	%eax
	push	%edx
	push	%ecx
	lea	-CALLBACK_SIZE(%ebp), %eax
	push	%eax
	call	callback_end
	pop	%eax
	pop	%ecx
	pop	%edx
	pop	%eax
	push	4(%ebp)			/* the return address goes up by as much */
	pop	4(%ebp, %ecx)
	lea	4(%ebp, %ecx), %esp
	.cfi_def_cfa %esp, 4
	/* DW_CFA_expression: register 5 (EBP), 2 bytes: DW_OP_breg5 0 */
	.cfi_escape 0x10, 5, 2, 0x75, 0
	mov	(%ebp), %ebp
	.cfi_restore %ebp
	ret
	.cfi_endproc
	.size	__morestack, . - __morestack
	.size	jumpslot_guest_entry, . - jumpslot_guest_entry

	.type	callback_faults, @function
callback_faults:
	.globl	jumpslot_callback_exit_fault
	.hidden	jumpslot_callback_exit_fault
jumpslot_callback_exit_fault:
	ud2
	.globl	jumpslot_callback_place_fault
	.hidden	jumpslot_callback_place_fault
jumpslot_callback_place_fault:
	ud2
	.size	callback_faults, . - callback_faults

	.section .note.GNU-stack,"",@progbits
