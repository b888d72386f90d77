/*
 * The entry of the resolver on i386. The stub of an unbound slot calls it with:
 *
 *   (%esp)   return address in the stub, which then jumps through its slot again
 *   4(%esp)  address of the import's table entry; popped by the return
 *
 * Every register may hold an argument of the call that is being bound: regparm(3) uses
 * EAX, EDX and ECX. The C function preserves the others and, compiled for general
 * registers only, vectors and x87. A guest may align its stack to 4 only, so this aligns
 * it to 16. Leaving by a plain return keeps return stack and shadow stack matched.
 */
	.macro	save register
	push	\register
	.cfi_adjust_cfa_offset 4
	.endm

	.macro	restore register
	pop	\register
	.cfi_adjust_cfa_offset -4
	.endm

	/* Loads the address of `current` without a global offset table. */
	.macro	find_current register
	call	1f			/* the next one: not on the return stack */
1:	.cfi_adjust_cfa_offset 4
	pop	\register
	.cfi_adjust_cfa_offset -4
	lea	current - 1b(\register), \register
	.endm

	.text
	.balign	16
	.globl	jumpslot_resolver_entry
	.type	jumpslot_resolver_entry, %function
jumpslot_resolver_entry:
	.cfi_startproc
	endbr32
	save	%eax
	save	%ecx
	save	%edx
	save	%ebp
	.cfi_rel_offset %ebp, 0
	find_current %eax
	mov	%esp, %ebp
	.cfi_def_cfa_register %ebp
	and	$-16, %esp
	sub	$8, %esp
	push	20(%ebp)		/* the entry */
	push	(%eax)			/* the resolver in use */
	call	jumpslot_resolver_bind
	test	%eax, %eax		/* nothing below changes the flags */
	mov	%ebp, %esp
	.cfi_def_cfa_register %esp
	restore	%ebp
	.cfi_restore %ebp
	restore	%edx
	restore	%ecx
	restore	%eax
	jz	jumpslot_resolver_fault
	ret	$4
	.globl	jumpslot_resolver_fault
jumpslot_resolver_fault:
	ud2
	.cfi_endproc
	.size	jumpslot_resolver_entry, . - jumpslot_resolver_entry

	.balign	16
	.globl	jumpslot_resolver_set
	.type	jumpslot_resolver_set, %function
jumpslot_resolver_set:			/* 4(%esp) resolver */
	.cfi_startproc
	endbr32
	mov	4(%esp), %edx
	find_current %ecx
	mov	%edx, (%ecx)
	ret
	.cfi_endproc
	.size	jumpslot_resolver_set, . - jumpslot_resolver_set

	.local	current			/* the resolver in use */
	.comm	current, 4, 4

	.section .note.GNU-stack,"",%progbits
