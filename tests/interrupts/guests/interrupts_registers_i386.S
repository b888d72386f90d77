/* Loads, stores and overwrites all registers of i386. See interrupts_registers.h. */
#include "interrupts_registers.h"

#define POINTER 32		/* in the frame, above the general registers */
#define ROOM	36

	.macro	load_vectors name
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	vmovups	LOADED + SET_VECTORS + 64 * \n(%edi), %\name\n
	.endr
	.endm

	.macro	store_vectors name
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	vmovups	%\name\n, SEEN + SET_VECTORS + 64 * \n(%edi)
	.endr
	.endm

	.text
	.globl	registers_step
	.type	registers_step, @function
registers_step:
	push	%ebp
	push	%ebx
	push	%esi
	push	%edi
	mov	20(%esp), %edi
	sub	$ROOM, %esp
	mov	%edi, POINTER(%esp)
	mov	%esp, LOADED + SET_SP(%edi)
	cmpl	$0, INITIAL(%edi)
	je	.Lload
	mov	$0xe4, %eax		/* AVX and AVX-512 */
	xor	%edx, %edx
	xrstor	initial_area
.Lload:	fxrstor	LOADED + SET_FX(%edi)
	cmpl	$0, INITIAL(%edi)
	jne	.Lloaded
	cmpl	$LEVEL_YMM, LEVEL(%edi)
	jb	.Lloaded
	je	.Lload_ymm
	load_vectors zmm
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	LOADED + SET_MASKS + 8 * \n(%edi), %k\n
	.endr
	jmp	.Lloaded
.Lload_ymm:
	load_vectors ymm
.Lloaded:
	push	LOADED + SET_FLAGS(%edi)
	popf				/* from here on, nothing that changes flags */
	mov	LOADED + SET_GENERAL(%edi), %eax
	mov	SPINS(%edi), %ecx
	mov	LOADED + SET_GENERAL + 16(%edi), %edx
	mov	LOADED + SET_GENERAL + 24(%edi), %ebx
	mov	LOADED + SET_GENERAL + 32(%edi), %esi
	mov	LOADED + SET_GENERAL + 48(%edi), %ebp
	mov	LOADED + SET_GENERAL + 40(%edi), %edi
.Lspin:	loop	.Lspin
	mov	%eax, (%esp)
	mov	%ecx, 4(%esp)
	mov	%edx, 8(%esp)
	mov	%ebx, 12(%esp)
	mov	%esi, 16(%esp)
	mov	%edi, 20(%esp)
	mov	%ebp, 24(%esp)
	mov	POINTER(%esp), %edi
	mov	%esp, SEEN + SET_SP(%edi)
	pushf
	pop	SEEN + SET_FLAGS(%edi)
	push	$0x202
	popf
	cmpl	$LEVEL_YMM, LEVEL(%edi)
	jb	.Lstored
	je	.Lstore_ymm
	store_vectors zmm
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	%k\n, SEEN + SET_MASKS + 8 * \n(%edi)
	.endr
	jmp	.Lstored
.Lstore_ymm:
	store_vectors ymm
.Lstored:
	fxsave	SEEN + SET_FX(%edi)
	fninit
	push	$0x1f80
	ldmxcsr	(%esp)
	pop	%eax
	.irp	n, 0, 1, 2, 3, 4, 5, 6
	mov	4 * \n(%esp), %eax
	mov	%eax, SEEN + SET_GENERAL + 8 * \n(%edi)
	.endr
	add	$ROOM, %esp
	pop	%edi
	pop	%esi
	pop	%ebx
	pop	%ebp
	ret
	.size	registers_step, . - registers_step

	.globl	registers_trash
	.type	registers_trash, @function
registers_trash:			/* on the stack: level */
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
	fldcw	(%esp)
	pop	%eax
	push	$0xffbf
	ldmxcsr	(%esp)
	pop	%eax
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	pcmpeqd	%xmm\n, %xmm\n
	.endr
	cmpl	$LEVEL_YMM, 4(%esp)
	jb	.Ltrashed
	je	.Ltrash_ymm
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	vpternlogd $0xff, %zmm\n, %zmm\n, %zmm\n
	kxnorq	%k\n, %k\n, %k\n
	.endr
	jmp	.Ltrashed
.Ltrash_ymm:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	vcmptrueps %ymm\n, %ymm\n, %ymm\n
	.endr
.Ltrashed:
	mov	$-1, %eax
	mov	%eax, %ecx
	mov	%eax, %edx
	add	%eax, %eax		/* carry, sign, auxiliary */
	ret
	.size	registers_trash, . - registers_trash

	.globl	switch_stacks
	.type	switch_stacks, @function
switch_stacks:
	mov	4(%esp), %eax
	mov	8(%esp), %ecx
	push	%ebp
	push	%ebx
	push	%esi
	push	%edi
	mov	%esp, (%eax)
	mov	%ecx, %esp
	pop	%edi
	pop	%esi
	pop	%ebx
	pop	%ebp
	ret
	.size	switch_stacks, . - switch_stacks

	.local	initial_area		/* for XRSTOR: all components initial */
	.comm	initial_area, 2816, 64

	.section .note.GNU-stack,"",@progbits
