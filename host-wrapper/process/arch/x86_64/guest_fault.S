/* The guest's fault handler: in and back, on x86-64. See guest_fault.h. */

	.text
	.balign	16
	.globl	jumpslot_fault_call
	.hidden	jumpslot_fault_call
	.type	jumpslot_fault_call, @function
jumpslot_fault_call:			/* RSP, RBX, RDI the fault; RAX handler */
	.cfi_startproc simple
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	call	*%rax
	.globl	jumpslot_fault_returned
	.hidden	jumpslot_fault_returned
jumpslot_fault_returned:
	ud2
	.cfi_endproc
	.size	jumpslot_fault_call, . - jumpslot_fault_call

	.section .note.GNU-stack,"",@progbits
