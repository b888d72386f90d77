/*
 * setjmp() and longjmp() for x86-64. With those of newlib, longjmp(env, 0) makes setjmp()
 * return 0 again and not 1. The layout is that of newlib's jmp_buf: rbx, rbp,
 * r12 to r15, stack pointer, return address. The i386 version of newlib is right.
 */
	.section .text.setjmp, "ax", "progbits"
	.globl setjmp
	.type setjmp, @function
setjmp:
	endbr64
	movq %rbx, (%rdi)
	movq %rbp, 8(%rdi)
	movq %r12, 16(%rdi)
	movq %r13, 24(%rdi)
	movq %r14, 32(%rdi)
	movq %r15, 40(%rdi)
	leaq 8(%rsp), %rax
	movq %rax, 48(%rdi)
	movq (%rsp), %rax
	movq %rax, 56(%rdi)
	xorl %eax, %eax
	ret
	.size setjmp, . - setjmp

	.section .text.longjmp, "ax", "progbits"
	.globl longjmp
	.type longjmp, @function
longjmp:
	endbr64
	movl %esi, %eax
	cmpl $1, %eax
	adcl $0, %eax	/* 0 becomes 1 */
	movq (%rdi), %rbx
	movq 8(%rdi), %rbp
	movq 16(%rdi), %r12
	movq 24(%rdi), %r13
	movq 32(%rdi), %r14
	movq 40(%rdi), %r15
	movq 48(%rdi), %rsp
	jmp *56(%rdi)
	.size longjmp, . - longjmp

	.section .note.GNU-stack, "", "progbits"
