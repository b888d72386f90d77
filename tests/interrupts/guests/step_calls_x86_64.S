/* Windows for interrupts in assembly, on x86-64. See step_guest.c. */
	.macro	for_callee_saved what
	\what	%rbx, 0x11
	\what	%rbp, 0x12
	\what	%r12, 0x13
	\what	%r13, 0x14
	\what	%r14, 0x15
	\what	%r15, 0x16
	.endm

	.macro	for_others what
	\what	%rax, 0x21
	\what	%rcx, 0x22
	\what	%rdx, 0x23
	\what	%rsi, 0x24
	\what	%rdi, 0x25
	\what	%r8, 0x26
	\what	%r9, 0x27
	\what	%r10, 0x28
	\what	%r11, 0x29
	.endm

	.macro	fill register, value
	mov	$\value * 0x01010101, \register
	.endm

	.macro	compare register, value
	cmp	$\value * 0x01010101, \register
	jne	.Lother
	.endm

	/* With KEEPS_MXCSR the guest has no instruction that loads it. */
	.macro	load_mxcsr from
#ifndef KEEPS_MXCSR
	ldmxcsr	\from
#endif
	.endm

	.macro	save_all
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	.endm

	.macro	restore_all
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	.endm

	.text
	/* int step_call(int (*window)(void)): returns the window's result, or 0 if it did
	   not preserve the stack pointer and the callee-saved registers. */
	.globl	step_call
	.type	step_call, @function
step_call:
	endbr64
	save_all
	mov	%rsp, stack(%rip)
	for_callee_saved fill
	call	*%rdi
	cmp	%rsp, stack(%rip)
	jne	.Lother
	for_callee_saved compare
	restore_all
	ret
.Lother:
	mov	stack(%rip), %rsp
	load_mxcsr control(%rip)
	fninit
	cld
	xor	%eax, %eax
	restore_all
	ret
	.size	step_call, . - step_call

	/* int step_flat(void), for step_call() alone: returns 1 if all registers, flags
	   and the red zone are unchanged; otherwise step_call() returns 0. */
	.globl	step_flat
	.type	step_flat, @function
step_flat:
	endbr64
	save_all
	load_mxcsr other_control(%rip)
	movaps	numbers(%rip), %xmm0
	movaps	numbers + 16(%rip), %xmm7
	movaps	numbers + 32(%rip), %xmm15
	fldpi
	for_callee_saved fill
	for_others fill
	.irp	at, 8, 64, 128
	movq	$\at, -\at(%rsp)
	.endr
	std
	stc
	nop
	jnc	.Lother
	cld
	test	%rax, %rax
	jz	.Lother
	.irp	at, 8, 64, 128
	cmpq	$\at, -\at(%rsp)
	jne	.Lother
	.endr
	for_callee_saved compare
	for_others compare
	pcmpeqd	numbers(%rip), %xmm0
	pcmpeqd	numbers + 16(%rip), %xmm7
	pcmpeqd	numbers + 32(%rip), %xmm15
	pand	%xmm7, %xmm0
	pand	%xmm15, %xmm0
	pmovmskb %xmm0, %eax
	cmp	$0xffff, %eax
	jne	.Lother
	fldpi
	fcompp
	fnstsw	%ax
	and	$0x4500, %eax
	cmp	$0x4000, %eax
	jne	.Lother
	stmxcsr	-8(%rsp)
	mov	-8(%rsp), %eax
	cmp	other_control(%rip), %eax
	jne	.Lother
	load_mxcsr control(%rip)
	mov	$1, %eax
	restore_all
	ret
	.size	step_flat, . - step_flat

	.section .rodata
	.balign	16
numbers:
	.quad	0x0123456789abcdef, 0xfedcba9876543210
	.quad	0x1111111122222222, 0x3333333344444444
	.quad	0x5555555566666666, 0x7777777788888888
control:
	.long	0x1f80
other_control:
#ifdef KEEPS_MXCSR
	.long	0x1f80
#else
	.long	0x5f80
#endif

	.local	stack
	.comm	stack, 8, 8

	.section .note.GNU-stack,"",@progbits
