/*
 * The entry of the resolver on x86-64. The stub of an unbound slot calls it with:
 *
 *   R11     address of the import's table entry
 *   (%rsp)  return address in the stub, which then jumps through its slot again
 *
 * Every other register may hold an argument of the call that is being bound: RAX counts
 * vector arguments, R10 is the static chain (psABI, section 3.2.3). The C function
 * preserves the callee-saved registers and, compiled for general registers only, all
 * vectors. Leaving by a plain return keeps return stack and shadow stack matched.
 */
	.macro	save register
	push	\register
	.cfi_adjust_cfa_offset 8
	.endm

	.macro	restore register
	pop	\register
	.cfi_adjust_cfa_offset -8
	.endm

	.text
	.balign	16
	.globl	jumpslot_resolver_entry
	.type	jumpslot_resolver_entry, %function
jumpslot_resolver_entry:
	.cfi_startproc
	endbr64
	save	%rax
	save	%rcx
	save	%rdx
	save	%rsi
	save	%rdi
	save	%r8
	save	%r9
	save	%r10
	save	%r11
	save	%r11			/* twice, to align the stack */
	mov	current(%rip), %rdi
	mov	%r11, %rsi
	call	jumpslot_resolver_bind
	test	%rax, %rax		/* nothing below changes the flags */
	restore	%r11
	restore	%r11
	restore	%r10
	restore	%r9
	restore	%r8
	restore	%rdi
	restore	%rsi
	restore	%rdx
	restore	%rcx
	restore	%rax
	jz	jumpslot_resolver_fault
	ret
	.globl	jumpslot_resolver_fault
jumpslot_resolver_fault:
	ud2
	.cfi_endproc
	.size	jumpslot_resolver_entry, . - jumpslot_resolver_entry

	.balign	16
	.globl	jumpslot_resolver_set
	.type	jumpslot_resolver_set, %function
jumpslot_resolver_set:			/* RDI resolver */
	.cfi_startproc
	endbr64
	mov	%rdi, current(%rip)
	ret
	.cfi_endproc
	.size	jumpslot_resolver_set, . - jumpslot_resolver_set

	.local	current			/* the resolver in use */
	.comm	current, 8, 8

	.section .note.GNU-stack,"",%progbits
