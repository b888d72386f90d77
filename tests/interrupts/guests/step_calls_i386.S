/* Windows for interrupts in assembly, on i386. See step_guest.c. */
	.macro	for_callee_saved what
	\what	%ebx, 0x11
	\what	%ebp, 0x12
	\what	%esi, 0x13
	\what	%edi, 0x14
	.endm

	.macro	for_others what
	\what	%eax, 0x21
	\what	%ecx, 0x22
	\what	%edx, 0x23
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
	push	%ebx
	push	%ebp
	push	%esi
	push	%edi
	sub	$12, %esp
	.endm

	.macro	restore_all
	add	$12, %esp
	pop	%edi
	pop	%esi
	pop	%ebp
	pop	%ebx
	.endm

	.text
	/* int step_call(int (*window)(void)): returns the window's result, or 0 if it did
	   not preserve the stack pointer and the callee-saved registers. */
	.globl	step_call
	.type	step_call, @function
step_call:
	mov	4(%esp), %eax
	save_all
	mov	%esp, stack
	for_callee_saved fill
	call	*%eax
	cmp	%esp, stack
	jne	.Lother
	for_callee_saved compare
	restore_all
	ret
.Lother:
	mov	stack, %esp
	load_mxcsr control
	fninit
	cld
	xor	%eax, %eax
	restore_all
	ret
	.size	step_call, . - step_call

	/* int step_flat(void), for step_call() alone: returns 1 if all registers and
	   flags are unchanged; otherwise step_call() returns 0. */
	.globl	step_flat
	.type	step_flat, @function
step_flat:
	save_all
	load_mxcsr other_control
	movaps	numbers, %xmm0
	movaps	numbers + 16, %xmm6
	movaps	numbers + 32, %xmm7
	fldpi
	for_callee_saved fill
	for_others fill
	std
	stc
	nop
	jnc	.Lother
	cld
	test	%eax, %eax
	jz	.Lother
	for_callee_saved compare
	for_others compare
	pcmpeqd	numbers, %xmm0
	pcmpeqd	numbers + 16, %xmm6
	pcmpeqd	numbers + 32, %xmm7
	pand	%xmm6, %xmm0
	pand	%xmm7, %xmm0
	pmovmskb %xmm0, %eax
	cmp	$0xffff, %eax
	jne	.Lother
	fldpi
	fcompp
	fnstsw	%ax
	and	$0x4500, %eax
	cmp	$0x4000, %eax
	jne	.Lother
	stmxcsr	(%esp)
	mov	(%esp), %eax
	cmp	other_control, %eax
	jne	.Lother
	load_mxcsr control
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
	.comm	stack, 4, 4

	.section .note.GNU-stack,"",@progbits
