/*
 * From a host function to the guest's code, on x86-64. R10 holds what the macro
 * jumpslot_guest_call() put there, a struct jumpslot_callee; everything else is as for
 * the guest's function itself. See callback.h.
 */
#include "process/calls/gate_layout.h"

/* Below the callback, seven registers. */
#define REGISTERS (CALLBACK_SIZE + 56)

	.text
	.balign	64
	.globl	jumpslot_guest_entry
	.type	jumpslot_guest_entry, @function
jumpslot_guest_entry:
	.cfi_startproc
	endbr64
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	sub	$CALLBACK_SIZE, %rsp
	push	%rax
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%r8
	push	%r9
	sub	CALLEE_STACK_BYTES(%r10), %rsp
	sub	$RECORD_SIZE, %rsp
	and	$-GATE_ALIGNMENT, %rsp
	lea	-CALLBACK_SIZE(%rbp), %rdi
	mov	%r10, %rsi
	lea	16(%rbp), %rdx		/* arguments on the stack */
	mov	%rsp, %rcx
	call	callback_begin
	lea	-REGISTERS(%rbp), %rsp
	pop	%r9
	pop	%r8
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	pop	%rax
	mov	CALLBACK_GUEST_SP - CALLBACK_SIZE(%rbp), %rsp
	/* gdb lets a frame continue on another stack in code of this name alone. Local, sized
	   and of no type: what is shown is the function's own name. */
	.local	__morestack
__morestack:
	call	*CALLBACK_TARGET - CALLBACK_SIZE(%rbp)
	cmp	%rsp, CALLBACK_GUEST_SP - CALLBACK_SIZE(%rbp)
	jne	jumpslot_callback_exit_fault
	lea	-CALLBACK_SIZE(%rbp), %rsp
	mov	%rsp, %rdi
	push	%rax
	push	%rdx
	call	callback_end
	pop	%rdx
	pop	%rax
	leave
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp
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
