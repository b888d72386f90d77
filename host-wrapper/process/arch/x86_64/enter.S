/* The way into an x86-64 guest and the way out. See enter.h. */
#include "process/calls/gate_layout.h"

	.text
	.balign	16
	.globl	jumpslot_enter
	.hidden	jumpslot_enter
	.type	jumpslot_enter, @function
jumpslot_enter:				/* RDI entry, RSI top of stack, RDX start information */
	.cfi_startproc
	endbr64
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	stmxcsr	(%rsp)			/* the guest may change how floats behave */
	fnstcw	4(%rsp)
	mov	%rsp, host_stack(%rip)
	mov	%rdi, %rax
	mov	%rdx, %rdi
	mov	%rsi, %rsp
	.cfi_remember_state		/* for a debugger, this is where all frames begin */
	.cfi_def_cfa %rsp, 8
	.cfi_undefined %rip
	.cfi_undefined %rbp
	push	$0x202			/* flags and floats as the psABI has them */
	popfq
	fninit
	push	$0x1f80
	ldmxcsr	(%rsp)
	pop	%rsi
	xor	%ebp, %ebp		/* no stale pointers of the host's, as a courtesy */
	xor	%esi, %esi
	xor	%edx, %edx
	xor	%ecx, %ecx
	xor	%ebx, %ebx
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d
	movq	$0, GATE_STATE + gate(%rip)
	call	*%rax
	cmpq	$0, GATE_STATE + gate(%rip)
	jne	jumpslot_gate_open_fault
	mov	%eax, %edi		/* returning is leaving with that status */
	.globl	jumpslot_leave
	.hidden	jumpslot_leave
	.type	jumpslot_leave, @function
jumpslot_leave:				/* EDI status */
	movq	$GATE_OUTSIDE, GATE_STATE + gate(%rip)
	mov	%edi, %eax
	mov	host_stack(%rip), %rsp
	.cfi_restore_state
	push	$0x202			/* the guest may have set AC or the direction */
	popfq
	ldmxcsr	(%rsp)
	fninit
	fldcw	4(%rsp)
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.globl	jumpslot_gate_open_fault
	.hidden	jumpslot_gate_open_fault
jumpslot_gate_open_fault:
	ud2
	.cfi_endproc
	.size	jumpslot_enter, . - jumpslot_enter

	.local	host_stack
	.comm	host_stack, 8, 8

	.section .note.GNU-stack,"",@progbits
