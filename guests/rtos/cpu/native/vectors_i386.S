/*
 * Entry points of exceptions and interrupts: each saves all registers on the interrupted
 * stack, calls native_vector(), and restores them. Other threads may run in between.
 */
#include "vectors.h"

/* Vectors for which the processor pushes an error code (Intel SDM, volume 3, 6.13). */
#define ERROR_CODES	0x60227d00

	.text
	.globl	native_stubs
	.type	native_stubs, @function
	.balign	VECTOR_STUB_SIZE
native_stubs:
	.set	vector, 0
	.rept	VECTOR_COUNT
	.balign	VECTOR_STUB_SIZE
	.if	vector >= 32 || !(ERROR_CODES >> (vector & 31) & 1)
	pushl	$0			/* in place of an error code */
	.endif
	pushl	$vector
	jmp	save
	.set	vector, vector + 1
	.endr
	.size	native_stubs, . - native_stubs

	.type	save, @function
save:
	pusha
	cld
	movl	%esp, %ebx		/* struct vector_frame */
	subl	$512, %esp
	andl	$-16, %esp
	fxsave	(%esp)
	fninit				/* handlers start with the defaults */
	subl	$16, %esp
	movl	$0x1f80, 4(%esp)
	ldmxcsr	4(%esp)
	movl	%ebx, (%esp)
	call	native_vector
	fxrstor	16(%esp)
	movl	%ebx, %esp
	popa
	addl	$8, %esp		/* vector and error code */
	iret
	.size	save, . - save

	.section .note.GNU-stack, "", @progbits
