/*
 * Task switch on x86-64: saves the callee-saved registers (System V psABI, 3.2.1) and
 * floating-point control. Saves neither RFLAGS nor pending x87 exceptions: interrupts are
 * disabled on both sides of a switch, and each task restores its own level afterwards.
 * pxPortInitialiseStack() in port.c writes the same layout.
 */
	.text

/* void vPortSwitchStacks(void **ppvSave, void *pvNext) */
	.globl	vPortSwitchStacks
	.type	vPortSwitchStacks, @function
vPortSwitchStacks:
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
	movq	%rsi, %rsp		/* now in the other task */
	ldmxcsr	(%rsp)
	fnclex				/* drop the first task's exceptions */
	fldcw	4(%rsp)
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	vPortSwitchStacks, . - vPortSwitchStacks

/* A task's first code: vPortTaskBegin(RBX, R12, R13). */
	.globl	vPortTaskEntry
	.type	vPortTaskEntry, @function
vPortTaskEntry:
	endbr64
	movq	%rbx, %rdi
	movq	%r12, %rsi
	movq	%r13, %rdx
	call	vPortTaskBegin
	ud2
	.size	vPortTaskEntry, . - vPortTaskEntry

	.section .note.GNU-stack, "", @progbits
