/* Calls the guest's fault handler on i386. See fault_handler.h. */
#include "common/asm_x86.h"
#include "process/faults/fault_offsets.h"

	.text
	.balign	16
ROOT_FUNC(jumpslot_fault_call)		/* ESP, EBX the fault; EAX handler */
	/* For debuggers: the caller is the code that faulted. */
	.cfi_signal_frame
	cfi_sp_at_bx FAULT_SP
	cfi_register_at_bx 8, FAULT_PC
	cfi_register_at_bx 0, FAULT_AX
	cfi_register_at_bx 1, FAULT_CX
	cfi_register_at_bx 2, FAULT_DX
	cfi_register_at_bx 3, FAULT_BX
	cfi_register_at_bx 5, FAULT_BP
	cfi_register_at_bx 6, FAULT_SI
	cfi_register_at_bx 7, FAULT_DI
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
