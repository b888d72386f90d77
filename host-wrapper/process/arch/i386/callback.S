/*
 * From a host function to the guest's code, on i386. ECX holds what the macro
 * jumpslot_guest_call() put there, a struct jumpslot_callee. The arguments are on the
 * stack. See callback.h.
 */
#include "common/asm_x86.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"

	.text
	.balign	64
EXPORTED_FUNC(jumpslot_guest_entry)
	endbr32
	push_frame
	sub	$CALLBACK_SIZE + RECORD_SIZE, %esp
	sub	CALLEE_STACK_BYTES(%ecx), %esp
	and	$-GATE_ALIGNMENT, %esp
	lea	8(%ebp), %edx		/* arguments on the stack */
	push	%esp
	push	%edx
	push	%ecx
	lea	-CALLBACK_SIZE(%ebp), %eax
	push	%eax
	call	callback_begin
	mov	CALLBACK_GUEST_SP - CALLBACK_SIZE(%ebp), %esp
	other_stack
	call	*CALLBACK_TARGET - CALLBACK_SIZE(%ebp)
	mov	%esp, %ecx
	sub	CALLBACK_GUEST_SP - CALLBACK_SIZE(%ebp), %ecx
	cmp	$4, %ecx		/* popped: nothing, or where the result goes */
	ja	.Lexit_fault
	lea	-CALLBACK_SIZE - 8(%ebp), %esp
	push	%eax
	push	%edx
	push	%ecx
	lea	-CALLBACK_SIZE(%ebp), %eax
	push	%eax
	call	callback_end
	pop	%eax
	pop	%ecx
	pop	%edx
	pop	%eax
	push	4(%ebp)			/* the return address moves up by as much */
	pop	4(%ebp, %ecx)
	lea	4(%ebp, %ecx), %esp
	.cfi_remember_state
	.cfi_def_cfa %esp, 4
	/* DW_CFA_expression: register 5 (EBP), 2 bytes: DW_OP_breg5 0 */
	.cfi_escape 0x10, 5, 2, 0x75, 0
	mov	(%ebp), %ebp
	.cfi_restore %ebp
	ret
	.cfi_restore_state
.Lexit_fault:				/* the guest returned with another stack */
	stop	OUTCOME_CALLBACK_ORDER
	end_other_stack
END(jumpslot_guest_entry)

	.section .note.GNU-stack,"",@progbits
