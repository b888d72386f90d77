/* Calls the guest's fault handler on x86-64. See fault_handler.h. */
#include "common/asm_x86.h"

	.text
	.balign	16
ROOT_FUNC(jumpslot_fault_call)		/* RSP, RBX, RDI the fault; RAX handler */
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	call	*%rax
.Lreturned:				/* a signal's handler takes the decision */
	ud2
.Lend:
	code_range CODE_RETURNED, .Lreturned, .Lend
END(jumpslot_fault_call)

	.section .note.GNU-stack,"",@progbits
