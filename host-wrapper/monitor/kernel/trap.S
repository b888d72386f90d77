/*
 * The ways into the kernel and back into a guest. A trap from a guest pushes its
 * registers into its own struct partition, whose end is the stack of the task state, and
 * continues on the kernel's stack. The kernel itself is interrupted only while it waits.
 */
#include "layout.h"

	.section .first, "ax"
	.globl	kernel_start
kernel_start:				/* EDI: address of the Multiboot information */
	mov	$kernel_stack_top, %rsp
	xor	%ebp, %ebp
	mov	%edi, %edi
	call	kernel_main
1:	cli
	hlt
	jmp	1b

	.text
	/* The processor pushes an error code for these exceptions (Intel SDM, volume 3,
	   6.15). */
	.macro	entry vector
	.balign	16
	.if	(\vector == 8) || (\vector >= 10 && \vector <= 14) || (\vector == 17) || \
		(\vector == 21) || (\vector == 29) || (\vector == 30)
	.else
	push	$0
	.endif
	push	$\vector
	jmp	trapped
	.endm

	.balign	16
	.globl	trap_entries
trap_entries:
	.set	number, 0
	.rept	VECTORS
	entry	number
	.set	number, number + 1
	.endr
	.globl	trap_call
trap_call:
	push	$0
	push	$0x80
trapped:
	/* struct trap_frame, from its end to its beginning */
	push	%rbx
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%r11
	push	%r10
	push	%r9
	push	%r8
	push	%rbp
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%rax
	mov	%rsp, %rdi
	testb	$3, TRAP_FRAME_CS(%rsp)
	jz	in_kernel
	mov	$kernel_stack_top, %rsp
	push	$2			/* no flag of the guest: AC would undo SMAP */
	popfq
	xor	%ebp, %ebp
	call	trap_from_guest

	/* RAX: the registers of the guest that goes on. Segment registers have one value
	   in all guests; the bases of FS and GS become 0. */
resume_guest:
	mov	%rax, %rsp
	mov	$GUEST_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	xor	%eax, %eax
	mov	%eax, %fs
	mov	%eax, %gs
	jmp	restore

in_kernel:
	mov	%rsp, %rbx
	and	$-16, %rsp
	call	trap_in_kernel
	mov	%rbx, %rsp
restore:
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	pop	%rbp
	pop	%r8
	pop	%r9
	pop	%r10
	pop	%r11
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	pop	%rbx
	add	$16, %rsp		/* vector and error code */
	iretq

	/* void first_guest(struct trap_frame *) */
	.globl	first_guest
first_guest:
	mov	%rdi, %rax
	jmp	resume_guest

	.bss
	.balign	4096
	.zero	KERNEL_STACK
	.globl	kernel_stack_top
kernel_stack_top:
	.zero	FAULT_STACK
	.globl	fault_stack_top
fault_stack_top:

	.section .note.GNU-stack,"",@progbits
