/*
 * Task switch on i386: saves the callee-saved registers (System V i386 psABI, 2.2) and
 * floating-point control. Saves neither EFLAGS nor pending x87 exceptions: interrupts are
 * disabled on both sides of a switch, and each task restores its own level afterwards.
 * pxPortInitialiseStack() in port.c writes the same layout.
 */
	.text

/* void vPortSwitchStacks(void **ppvSave, void *pvNext) */
	.globl	vPortSwitchStacks
	.type	vPortSwitchStacks, @function
vPortSwitchStacks:
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
	movl	%edx, %esp		/* now in the other task */
	ldmxcsr	(%esp)
	fnclex				/* drop the first task's exceptions */
	fldcw	4(%esp)
	addl	$8, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret
	.size	vPortSwitchStacks, . - vPortSwitchStacks

/* A task's first code: vPortTaskBegin(EBX, ESI, EDI). */
	.globl	vPortTaskEntry
	.type	vPortTaskEntry, @function
vPortTaskEntry:
	endbr32
	subl	$4, %esp
	pushl	%edi
	pushl	%esi
	pushl	%ebx
	call	vPortTaskBegin
	ud2
	.size	vPortTaskEntry, . - vPortTaskEntry

	.section .note.GNU-stack, "", @progbits
