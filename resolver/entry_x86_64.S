/*
 * Where a guest's unbound slot leads on x86-64, called by the stub:
 *
 *   R11     address of the import's table entry
 *   (%rsp)  return address in the stub, which goes through its slot again
 *
 * Every other register may hold an argument of the call that is being bound:
 * RAX counts vector arguments, R10 is the static chain. The C function keeps the
 * callee-saved ones and, compiled for general registers, all vectors. Leaves by
 * a plain return, so that return stack and shadow stack stay matched.
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
	.type	jumpslot_resolver_entry, @function
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
	save	%r11			/* twice: the stack is aligned again */
	mov	current(%rip), %rdi
	mov	%r11, %rsi
	call	jumpslot_resolver_bind
	test	%eax, %eax		/* what follows leaves the flags alone */
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
	jnz	jumpslot_resolver_fault
	ret
	.globl	jumpslot_resolver_fault
jumpslot_resolver_fault:
	ud2
	.cfi_endproc
	.size	jumpslot_resolver_entry, . - jumpslot_resolver_entry

	.balign	16
	.globl	jumpslot_resolver_set
	.type	jumpslot_resolver_set, @function
jumpslot_resolver_set:			/* RDI resolver */
	.cfi_startproc
	endbr64
	mov	%rdi, current(%rip)
	ret
	.cfi_endproc
	.size	jumpslot_resolver_set, . - jumpslot_resolver_set

	.local	current			/* the resolver in use */
	.comm	current, 8, 8

	.section .note.GNU-stack,"",@progbits
