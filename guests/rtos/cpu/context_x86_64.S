/*
 * The switch between threads on x86-64: what a called function must preserve (System V
 * psABI, 3.2.1), and no flags, neither RFLAGS nor x87's exceptions. The level of interrupts
 * is not among them: whoever switches has them closed, and so has whoever it is that is
 * switched to.
 */
	.text

/* void *cpu_context_init(void *top, void (*begin)(void)) */
	.globl	cpu_context_init
	.type	cpu_context_init, @function
cpu_context_init:
	endbr64
	leaq	-72(%rdi), %rax
	movl	$0x1f80, (%rax)		/* MXCSR, x87 control: as at a program's start */
	movl	$0x37f, 4(%rax)
	movq	$0, 8(%rax)		/* R15, R14, R13, R12, RBX, RBP */
	movq	$0, 16(%rax)
	movq	$0, 24(%rax)
	movq	$0, 32(%rax)
	movq	$0, 40(%rax)
	movq	$0, 48(%rax)
	movq	%rsi, 56(%rax)		/* the switch returns to it, */
	movq	$0, 64(%rax)		/* and this is where it would return to */
	ret
	.size	cpu_context_init, . - cpu_context_init

/* void cpu_context_switch(void **save_sp, void *next_sp) */
	.globl	cpu_context_switch
	.type	cpu_context_switch, @function
cpu_context_switch:
	endbr64
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	subq	$8, %rsp
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp		/* from here on it is the other thread */
	ldmxcsr	(%rsp)
	fnclex				/* what the other one did not look at */
	fldcw	4(%rsp)
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	cpu_context_switch, . - cpu_context_switch

	.section .note.GNU-stack, "", @progbits
