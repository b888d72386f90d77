/* The guest's fault handler: in and back, on i386. See guest_fault.h. */

	.text
	.balign	16
	.globl	jumpslot_fault_call
	.hidden	jumpslot_fault_call
	.type	jumpslot_fault_call, @function
jumpslot_fault_call:			/* ESP, EBX the fault; EAX handler */
	.cfi_startproc simple
	.cfi_def_cfa %ebx, 0
	.cfi_undefined %eip
	sub	$12, %esp		/* aligned to 16 at the call */
	push	%ebx
	call	*%eax
	add	$16, %esp
	.globl	jumpslot_fault_returned
	.hidden	jumpslot_fault_returned
jumpslot_fault_returned:
	ud2
	.cfi_endproc
	.size	jumpslot_fault_call, . - jumpslot_fault_call

	.section .note.GNU-stack,"",@progbits
