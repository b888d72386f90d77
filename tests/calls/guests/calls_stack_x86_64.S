/* void call_on_stack(void *top, void (*function)(void)): see calls_sides_guest.c. */

	.text
	.globl	call_on_stack
	.type	call_on_stack, @function
call_on_stack:
	push	%rbp
	mov	%rsp, %rbp
	mov	%rdi, %rsp
	call	*%rsi
	mov	%rbp, %rsp
	pop	%rbp
	ret

	.section .note.GNU-stack,"",@progbits
