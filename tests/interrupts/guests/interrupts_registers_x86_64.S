/* Loads, stores and overwrites all registers of x86-64. See interrupts_registers.h. */
#include "interrupts_registers.h"

#define POINTER 128		/* in the frame, above the general registers */
#define ROOM	136

	/* Registers 16 to 31 exist only with ZMM. */
	.macro	load_vectors name
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovups	LOADED + SET_VECTORS + 64 * \n(%rdi), %\name\n
	.endr
	.endm

	.macro	store_vectors name
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovups	%\name\n, SEEN + SET_VECTORS + 64 * \n(%rdi)
	.endr
	.endm

	.text
	.globl	registers_step
	.type	registers_step, @function
registers_step:
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$ROOM, %rsp
	mov	%rdi, POINTER(%rsp)
	mov	%rsp, LOADED + SET_SP(%rdi)
	cmpl	$0, INITIAL(%rdi)
	je	.Lload
	mov	$0xe4, %eax		/* AVX and AVX-512 */
	xor	%edx, %edx
	xrstor64 initial_area(%rip)
.Lload:	fxrstor64 LOADED + SET_FX(%rdi)
	cmpl	$0, INITIAL(%rdi)
	jne	.Lloaded
	cmpl	$LEVEL_YMM, LEVEL(%rdi)
	jb	.Lloaded
	je	.Lload_ymm
	load_vectors zmm
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovups	LOADED + SET_VECTORS + 64 * \n(%rdi), %zmm\n
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	LOADED + SET_MASKS + 8 * \n(%rdi), %k\n
	.endr
	jmp	.Lloaded
.Lload_ymm:
	load_vectors ymm
.Lloaded:
	push	LOADED + SET_FLAGS(%rdi)
	popfq				/* from here on, nothing that changes flags */
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	mov	LOADED + SET_BELOW + 8 * \n(%rdi), %rax
	mov	%rax, 8 * \n - 128(%rsp)
	.endr
	mov	LOADED + SET_GENERAL(%rdi), %rax
	mov	SPINS(%rdi), %ecx
	mov	LOADED + SET_GENERAL + 16(%rdi), %rdx
	mov	LOADED + SET_GENERAL + 24(%rdi), %rbx
	mov	LOADED + SET_GENERAL + 32(%rdi), %rsi
	mov	LOADED + SET_GENERAL + 48(%rdi), %rbp
	mov	LOADED + SET_GENERAL + 56(%rdi), %r8
	mov	LOADED + SET_GENERAL + 64(%rdi), %r9
	mov	LOADED + SET_GENERAL + 72(%rdi), %r10
	mov	LOADED + SET_GENERAL + 80(%rdi), %r11
	mov	LOADED + SET_GENERAL + 88(%rdi), %r12
	mov	LOADED + SET_GENERAL + 96(%rdi), %r13
	mov	LOADED + SET_GENERAL + 104(%rdi), %r14
	mov	LOADED + SET_GENERAL + 112(%rdi), %r15
	mov	LOADED + SET_GENERAL + 40(%rdi), %rdi
.Lspin:	loop	.Lspin
	mov	%rax, (%rsp)
	mov	%rcx, 8(%rsp)
	mov	%rdx, 16(%rsp)
	mov	%rbx, 24(%rsp)
	mov	%rsi, 32(%rsp)
	mov	%rdi, 40(%rsp)
	mov	%rbp, 48(%rsp)
	mov	%r8, 56(%rsp)
	mov	%r9, 64(%rsp)
	mov	%r10, 72(%rsp)
	mov	%r11, 80(%rsp)
	mov	%r12, 88(%rsp)
	mov	%r13, 96(%rsp)
	mov	%r14, 104(%rsp)
	mov	%r15, 112(%rsp)
	mov	POINTER(%rsp), %rdi
	mov	%rsp, SEEN + SET_SP(%rdi)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	mov	8 * \n - 128(%rsp), %rax
	mov	%rax, SEEN + SET_BELOW + 8 * \n(%rdi)
	.endr
	pushfq
	pop	SEEN + SET_FLAGS(%rdi)
	push	$0x202
	popfq
	cmpl	$LEVEL_YMM, LEVEL(%rdi)
	jb	.Lstored
	je	.Lstore_ymm
	store_vectors zmm
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovups	%zmm\n, SEEN + SET_VECTORS + 64 * \n(%rdi)
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	%k\n, SEEN + SET_MASKS + 8 * \n(%rdi)
	.endr
	jmp	.Lstored
.Lstore_ymm:
	store_vectors ymm
.Lstored:
	fxsave64 SEEN + SET_FX(%rdi)
	fninit
	push	$0x1f80
	ldmxcsr	(%rsp)
	pop	%rax
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	mov	8 * \n(%rsp), %rax
	mov	%rax, SEEN + SET_GENERAL + 8 * \n(%rdi)
	.endr
	add	$ROOM, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.size	registers_step, . - registers_step

	.globl	registers_trash
	.type	registers_trash, @function
registers_trash:			/* EDI level */
	fninit
	fld1
	fldz
	fdivrp				/* leaves a flag set */
	fstp	%st(0)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	fldpi
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	fstp	%st(0)
	.endr
	push	$0x0c7f
	fldcw	(%rsp)
	pop	%rax
	push	$0xffbf
	ldmxcsr	(%rsp)
	pop	%rax
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	pcmpeqd	%xmm\n, %xmm\n
	.endr
	cmp	$LEVEL_YMM, %edi
	jb	.Ltrashed
	je	.Ltrash_ymm
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vpternlogd $0xff, %zmm\n, %zmm\n, %zmm\n
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vpternlogd $0xff, %zmm\n, %zmm\n, %zmm\n
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	kxnorq	%k\n, %k\n, %k\n
	.endr
	jmp	.Ltrashed
.Ltrash_ymm:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vcmptrueps %ymm\n, %ymm\n, %ymm\n
	.endr
.Ltrashed:
	mov	$-1, %rax
	mov	%rax, %rcx
	mov	%rax, %rdx
	mov	%rax, %rsi
	mov	%rax, %rdi
	mov	%rax, %r8
	mov	%rax, %r9
	mov	%rax, %r10
	mov	%rax, %r11
	add	%rax, %rax		/* carry, sign, auxiliary */
	ret
	.size	registers_trash, . - registers_trash

	.globl	switch_stacks
	.type	switch_stacks, @function
switch_stacks:
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, (%rdi)
	mov	%rsi, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.size	switch_stacks, . - switch_stacks

	.local	initial_area		/* for XRSTOR: all components initial */
	.comm	initial_area, 2816, 64

	.section .note.GNU-stack,"",@progbits
