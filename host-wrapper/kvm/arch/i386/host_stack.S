/* The host's stack on i386: into a function there, and back from any depth. See
 * calls/host_stack.h. */
#include "common/asm_i386.h"

	.text
	.balign	16
	/* On the stack: function, top of the other stack. */
FUNC(host_stack_enter)
	push_frame
	push	%ebx
	push	%esi
	push	%edi
	.cfi_offset %ebx, -12
	.cfi_offset %esi, -16
	.cfi_offset %edi, -20
	mov	8(%ebp), %eax
	find	runners_stack, %ecx
	mov	%esp, (%ecx)
	mov	12(%ebp), %esp
	call	*%eax
	push	%eax			/* as the argument of what follows */
	push	%eax
	.type	host_stack_leave, @function
HIDDEN(host_stack_leave)		/* on the stack: status */
	mov	4(%esp), %eax
	find	runners_stack, %ecx
	mov	(%ecx), %esp
	pop	%edi
	pop	%esi
	pop	%ebx
	pop	%ebp
	.cfi_def_cfa %esp, 4
	.cfi_restore %edi
	.cfi_restore %esi
	.cfi_restore %ebx
	.cfi_restore %ebp
	cld
	ret
END(host_stack_enter)

	.local	runners_stack
	.comm	runners_stack, 4, 4

	.section .note.GNU-stack,"",@progbits
