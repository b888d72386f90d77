/*
 * Thread switch on x86-64: saves the callee-saved registers (System V psABI, 3.2.1) and
 * floating-point control. Saves neither RFLAGS nor pending x87 exceptions: interrupts are
 * disabled on both sides of a switch, and each thread restores its own level afterwards.
 */
	.text

/* void *cpu_context_init(void *top, void (*begin)(void)) */
	.globl	cpu_context_init
	.type	cpu_context_init, @function
cpu_context_init:
	endbr64
	leaq	-72(%rdi), %rax
	movl	$0x1f80, (%rax)		/* MXCSR and x87 control: initial values */
	movl	$0x37f, 4(%rax)
	movq	$0, 8(%rax)		/* R15, R14, R13, R12, RBX, RBP */
	movq	$0, 16(%rax)
	movq	$0, 24(%rax)
	movq	$0, 32(%rax)
	movq	$0, 40(%rax)
	movq	$0, 48(%rax)
	movq	%rsi, 56(%rax)		/* the switch returns to `begin`, */
	movq	$0, 64(%rax)		/* which has no caller */
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
	movq	%rsi, %rsp		/* now in the other thread */
	ldmxcsr	(%rsp)
	fnclex				/* drop the first thread's exceptions */
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
