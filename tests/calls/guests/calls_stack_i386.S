/* void call_on_stack(void *top, void (*function)(void)): see calls_sides_guest.c. */

	.text
	.globl	call_on_stack
	.type	call_on_stack, @function
call_on_stack:
	push	%ebp
	mov	%esp, %ebp
	mov	8(%ebp), %esp
	call	*12(%ebp)
	mov	%ebp, %esp
	pop	%ebp
	ret

	.section .note.GNU-stack,"",@progbits
