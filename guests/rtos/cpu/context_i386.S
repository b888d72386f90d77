/*
 * The switch between threads on i386: what a called function must preserve (System V i386
 * psABI, 2.2), and no flags, neither EFLAGS nor x87's exceptions. The level of interrupts is
 * not among them: whoever switches has them closed, and so has whoever it is that is switched
 * to.
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
	movl	$0x1f80, (%eax)		/* MXCSR, x87 control: as at a program's start */
	movl	$0x37f, 4(%eax)
	movl	$0, 8(%eax)		/* EDI, ESI, EBX, EBP */
	movl	$0, 12(%eax)
	movl	$0, 16(%eax)
	movl	$0, 20(%eax)
	movl	%edx, 24(%eax)		/* the switch returns to it, */
	movl	$0, 28(%eax)		/* and this is where it would return to */
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
	movl	%edx, %esp		/* from here on it is the other thread */
	ldmxcsr	(%esp)
	fnclex				/* what the other one did not look at */
	fldcw	4(%esp)
	addl	$8, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret
	.size	cpu_context_switch, . - cpu_context_switch

	.section .note.GNU-stack, "", @progbits
