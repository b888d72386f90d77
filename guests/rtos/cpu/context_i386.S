/*
 * Thread switch on i386: saves the callee-saved registers (System V i386 psABI, 2.2) and
 * floating-point control. Saves neither EFLAGS nor pending x87 exceptions: interrupts are
 * disabled on both sides of a switch, and each thread restores its own level afterwards.
 */
	.text

/* void *cpu_context_init(void *top, void (*begin)(void)) */
	.globl	cpu_context_init
	.type	cpu_context_init, @function
cpu_context_init:
	endbr32
	movl	4(%esp), %eax
	movl	8(%esp), %edx
	subl	$32, %eax
	movl	$0x1f80, (%eax)		/* MXCSR and x87 control: initial values */
	movl	$0x37f, 4(%eax)
	movl	$0, 8(%eax)		/* EDI, ESI, EBX, EBP */
	movl	$0, 12(%eax)
	movl	$0, 16(%eax)
	movl	$0, 20(%eax)
	movl	%edx, 24(%eax)		/* the switch returns to `begin`, */
	movl	$0, 28(%eax)		/* which has no caller */
	ret
	.size	cpu_context_init, . - cpu_context_init

/* void cpu_context_switch(void **save_sp, void *next_sp) */
	.globl	cpu_context_switch
	.type	cpu_context_switch, @function
cpu_context_switch:
	endbr32
	movl	4(%esp), %eax
	movl	8(%esp), %edx
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	subl	$8, %esp
	stmxcsr	(%esp)
	fnstcw	4(%esp)
	movl	%esp, (%eax)
	movl	%edx, %esp		/* now in the other thread */
	ldmxcsr	(%esp)
	fnclex				/* drop the first thread's exceptions */
	fldcw	4(%esp)
	addl	$8, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret
	.size	cpu_context_switch, . - cpu_context_switch

	.section .note.GNU-stack, "", @progbits
