/*
 * From a host function to the guest's code, on i386. ECX holds what the macro
 * jumpslot_guest_call() put there, a struct jumpslot_callee. The arguments are on the
 * stack. See callback.h.
 */
#include "common/asm_x86.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"
#include "vcpu/registers.h"

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
	/* Unless this is the innermost callback, stop before anything is pushed: the
	   records of the others are where callback_end() would have its frame. */
	mov	CALLBACK_CALLER - CALLBACK_SIZE(%ebp), %ecx
	mov	RECORD_FUNCTION(%ecx), %ecx
	mov	FUNCTION_GATE(%ecx), %ecx
	mov	GATE_STATE(%ecx), %ecx
	sub	%ebp, %ecx
	cmp	$GATE_IN_CALLBACK - CALLBACK_SIZE, %ecx
	jne	.Lorder_fault
	mov	%esp, %ecx
	sub	CALLBACK_GUEST_SP - CALLBACK_SIZE(%ebp), %ecx
	cmp	$4, %ecx		/* popped: nothing, or where the result goes */
	ja	.Lexit_fault
	fnstsw	CALLBACK_X87_STATUS - CALLBACK_SIZE(%ebp)
	testb	$X86_X87_PENDING, CALLBACK_X87_STATUS - CALLBACK_SIZE(%ebp)
	jnz	.Lpending
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

	/* The function left an unmasked x87 exception pending, which callback_end() would
	   raise. It is the guest's: raise it as if the function had just been called. */
LOCAL_FUNC(callback_pending)
	.cfi_def_cfa %ebp, 2 * WORD
	.cfi_offset %ebp, -2 * WORD
.Lpending:
	push	CALLBACK_TARGET - CALLBACK_SIZE(%ebp)
.Lraise:
	fwait
.Lraised:
	ud2				/* never: nothing clears the exception */
	code_range CODE_GUEST, .Lraise, .Lraised
END(callback_pending)

	/* The stack pointer leaves the guest's stack, which has no frame of this call. */
LOCAL_FUNC(callback_out_of_order)
	.cfi_def_cfa %ebp, 2 * WORD
	.cfi_offset %ebp, -2 * WORD
.Lorder_fault:
	mov	%ebp, %esp
	stop	OUTCOME_CALLBACK_ORDER
END(callback_out_of_order)

	.section .note.GNU-stack,"",@progbits
