/* Calls the guest's fault handler on i386. See fault_handler.h. */
#include "common/asm_x86.h"

	.text
	.balign	16
ROOT_FUNC(jumpslot_fault_call)		/* ESP, EBX the fault; EAX handler */
	.cfi_def_cfa %ebx, 0
	.cfi_undefined %eip
	sub	$12, %esp		/* aligned to 16 at the call */
	push	%ebx
	call	*%eax
	add	$16, %esp
.Lreturned:				/* a signal's handler takes the decision */
	ud2
.Lend:
	code_range CODE_RETURNED, .Lreturned, .Lend
END(jumpslot_fault_call)

	.section .note.GNU-stack,"",@progbits
