/*
 * From a host function to the guest's code, on x86-64. R10 holds what the macro
 * jumpslot_guest_call() put there, a struct jumpslot_callee. Everything else is as for
 * the guest's function itself. See callback.h.
 */
#include "common/asm_x86.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"
#include "vcpu/registers.h"

/* Below the callback, seven registers. */
#define REGISTERS (CALLBACK_SIZE + 7 * WORD)

	.text
	.balign	64
EXPORTED_FUNC(jumpslot_guest_entry)
	endbr64
	push_frame
	sub	$CALLBACK_SIZE, %rsp
	push	%rax
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%r8
	push	%r9
	sub	CALLEE_STACK_BYTES(%r10), %rsp
	sub	$RECORD_SIZE, %rsp
	and	$-GATE_ALIGNMENT, %rsp
	lea	-CALLBACK_SIZE(%rbp), %rdi
	mov	%r10, %rsi
	lea	16(%rbp), %rdx		/* arguments on the stack */
	mov	%rsp, %rcx
	call	callback_begin
	lea	-REGISTERS(%rbp), %rsp
	pop	%r9
	pop	%r8
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	pop	%rax
	mov	CALLBACK_GUEST_SP - CALLBACK_SIZE(%rbp), %rsp
	other_stack
	call	*CALLBACK_TARGET - CALLBACK_SIZE(%rbp)
	/* Unless this is the innermost callback, stop before anything is pushed: the
	   records of the others are where callback_end() would have its frame. */
	lea	GATE_IN_CALLBACK - CALLBACK_SIZE(%rbp), %rcx
	cmp	%rcx, GATE_STATE + gate(%rip)
	jne	.Lorder_fault
	cmp	%rsp, CALLBACK_GUEST_SP - CALLBACK_SIZE(%rbp)
	jne	.Lexit_fault
	fnstsw	CALLBACK_X87_STATUS - CALLBACK_SIZE(%rbp)
	testb	$X86_X87_PENDING, CALLBACK_X87_STATUS - CALLBACK_SIZE(%rbp)
	jnz	.Lpending
	lea	-CALLBACK_SIZE(%rbp), %rsp
	mov	%rsp, %rdi
	push	%rax
	push	%rdx
	call	callback_end
	pop	%rdx
	pop	%rax
	mov	%rbp, %rsp
	.cfi_remember_state
	pop_frame
	ret
	.cfi_restore_state
.Lexit_fault:				/* the guest returned with another stack */
	stop	OUTCOME_CALLBACK_ORDER
	end_other_stack
END(jumpslot_guest_entry)

	/* The function left an unmasked x87 exception pending, which callback_end() would
	   raise. It is the guest's: raise it as if the function had just been called. */
LOCAL_FUNC(callback_pending)
	.cfi_def_cfa %rbp, 2 * WORD
	.cfi_offset %rbp, -2 * WORD
.Lpending:
	push	CALLBACK_TARGET - CALLBACK_SIZE(%rbp)
.Lraise:
	fwait
.Lraised:
	ud2				/* never: nothing clears the exception */
	code_range CODE_GUEST, .Lraise, .Lraised
END(callback_pending)

	/* The stack pointer leaves the guest's stack, which has no frame of this call. */
LOCAL_FUNC(callback_out_of_order)
	.cfi_def_cfa %rbp, 2 * WORD
	.cfi_offset %rbp, -2 * WORD
.Lorder_fault:
	mov	%rbp, %rsp
	stop	OUTCOME_CALLBACK_ORDER
END(callback_out_of_order)

	.section .note.GNU-stack,"",@progbits
