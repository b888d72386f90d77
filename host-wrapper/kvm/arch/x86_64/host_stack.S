/* The host's stack on x86-64: into a function there, and back from any depth. See
 * calls/host_stack.h. */
#include "common/asm_x86.h"

	.text
	.balign	16
	/* RDI function, RSI top of the stack. */
FUNC(host_stack_enter)
	push_frame
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	mov	%rsp, runners_stack(%rip)
	mov	%rsi, %rsp
	call	*%rdi
	mov	%eax, %edi
	.type	host_stack_leave, @function
HIDDEN(host_stack_leave)		/* EDI status */
	mov	%edi, %eax
	mov	runners_stack(%rip), %rsp
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp
	cld
	ret
END(host_stack_enter)

	.local	runners_stack
	.comm	runners_stack, 8, 8

	.section .note.GNU-stack,"",@progbits
