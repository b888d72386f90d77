/*
 * The gate on x86-64. A thunk jumps here with the function in R11. Every other register,
 * and the stack from 8(%rsp) on, may hold an argument. See gate.h.
 */
#define GATE(FIELD) GATE_##FIELD + gate(%rip)
#define THREAD	    %fs:0
#include "process/arch/gate_x86.h"

	/* Calls C with the record at RSP. Preserves everything that holds an argument; C
	   does not touch vector registers. */
	.macro	adjust_to_host
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	lea	64(%rsp), %rdi
	call	gate_to_host
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	.endm

	/* The same with everything that holds a result. */
	.macro	adjust_to_guest
	push	%rax
	push	%rdx
	lea	16(%rsp), %rdi
	call	gate_to_guest
	pop	%rdx
	pop	%rax
	.endm

	.text
	.balign	64
.Lgates:
FUNC(jumpslot_gate)
	push_frame
	push	%r11
	cmpq	$0, GATE(STATE)
	jne	.Lnot_outermost
.Lenter:
	mov	GATE(RECORD), %rsp
	mov	%r11, RECORD_FUNCTION(%rsp)
	mov	%rbp, RECORD_GUEST_SP(%rsp)
	mov	%rsp, GATE(STATE)	/* from here on the host runs */
	enter_host %rsp, %r11, %r11d, .L
	mov	RECORD_FUNCTION(%rsp), %r11
	cmpq	$0, FUNCTION_MORE(%r11)	/* and stack_bytes, which follows it */
	jne	.Lmore
.Lcall:
	other_stack
	call	*FUNCTION_ADDRESS(%r11)
.Lreturned:
	cmp	%rsp, GATE(STATE)
	jne	.Lexit_fault
	leave_host %rsp, .L
.Lat_guest:
	mov	RECORD_OUTER(%rsp), %rcx
	mov	%rcx, GATE(STATE)	/* from here on the guest runs */
.Lcheck:
	cmpb	$0, GATE(DEFERRED)
	jne	.Ldeferred
.Lout:
	mov	%rbp, %rsp
.Lleft:
	.cfi_remember_state
	pop_frame
	ret
	/* Restarting is safe: the range reads RBP, which it does not change. */
	code_range CODE_CHECK, .Lcheck, .Lleft
	/* RSP is the guest's, and only its frame pointer is left to restore. */
	code_range CODE_GUEST, .Lleft, .Ldeferred

.Ldeferred:				/* an interrupt waits for the outermost gate */
	.cfi_restore_state
	cmpq	$0, GATE(STATE)
	jne	.Lout
	movb	$0, GATE(DEFERRED)
	mov	%rbp, %rsp
	.cfi_remember_state
	pop_frame
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lmore:
	mov	FUNCTION_MORE(%r11), %r11d
	or	%r11d, RECORD_CONTROL(%rsp)
	js	.Lto_host		/* GATE_FORCED */
.Lat_host:
	mov	-8(%rbp), %r11
	cmpl	$0, FUNCTION_STACK_BYTES(%r11)
	je	.Lcall
	sub	FUNCTION_PADDING(%r11), %rsp
	mov	FUNCTION_STACK_BYTES(%r11), %r11d
.Lcopy:					/* from the last word to the first */
	push	8(%rbp, %r11)
.Lcopied:
	sub	$8, %r11
	jnz	.Lcopy
	/* The read may fault past the end of the guest's memory, where no argument is:
	   the number of bytes is an upper bound. R11 counts the bytes that are left. */
	code_range CODE_COPY, .Lcopy, .Lcopied
	mov	-8(%rbp), %r11
	call	*FUNCTION_ADDRESS(%r11)
	mov	-8(%rbp), %rcx
	add	FUNCTION_ROOM(%rcx), %rsp
	jmp	.Lreturned

	compare_guest %rsp, %r11d, .L
	compare_host %rsp, .L
.Lto_host:
	check_x87 %rsp, .Lundo
	adjust_to_host
	jmp	.Lat_host
.Lto_guest:
	adjust_to_guest
	jmp	.Lat_guest

.Lnot_outermost:
	testb	$GATE_IN_CALLBACK, GATE(STATE)
	jz	.Lhost_calls
	push	%rax
	call	check_callback
	pop	%rax
	mov	-8(%rbp), %r11
	jmp	.Lenter

	/* The host calls through a pointer to the guest's stub: an ordinary call. */
.Lhost_calls:
	mov	%rbp, %rsp
	.cfi_remember_state
	pop_frame
	jmp	*FUNCTION_ADDRESS(%r11)
	.cfi_restore_state
	end_other_stack
END(jumpslot_gate)

	/*
	 * Checks a gate that guest code in a callback has called. RBP points to the
	 * gate's frame. The word that the callback left on the guest's stack must be
	 * intact, and outside the frames of this call: otherwise the guest has left the
	 * callback by longjmp. Changes RAX and R11.
	 */
LOCAL_FUNC(check_callback)
	mov	GATE(STATE), %rax
	mov	CALLBACK_COOKIE_AT - GATE_IN_CALLBACK(%rax), %r11
	cmp	%rax, (%r11)
	jne	.Lentry_fault
	mov	CALLBACK_GUEST_HIGH - GATE_IN_CALLBACK(%rax), %rax
	sub	%r11, %rax		/* size of the part that must stay */
	neg	%r11
	add	%rbp, %r11		/* distance of the frame from its start */
	cmp	%rax, %r11
	jbe	.Lentry_fault
	ret
	gate_faults
END(check_callback)

	/* Puts the guest's frame pointer and return address back onto its stack. May be
	   restarted: only the last instruction moves RSP. */
	.macro	put_back
	mov	RECORD_RETURN(%rbp), %rcx
	mov	%rcx, -8(%rsp)
	mov	RECORD_FRAME(%rbp), %rcx
	mov	%rcx, -16(%rsp)
	lea	-16(%rsp), %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 16
	.cfi_offset %rip, -8
	.cfi_offset %rbp, -16
	.endm

	/* The guest's frame pointer is in the record that RBP points to.
	   DW_CFA_expression: register 6 (RBP), 2 bytes: DW_OP_breg6 RECORD_FRAME */
	.macro	frame_in_record
	.cfi_escape 0x10, 6, 2, 0x76, RECORD_FRAME
	.endm

	/* The same for register 16, the return address. */
	.macro	return_in_record
	.cfi_escape 0x10, 16, 2, 0x76, RECORD_RETURN
	.endm

	/*
	 * The gate for functions whose arguments nobody can count. The stack stays, so
	 * the arguments are where the function looks for them; the gate's return address
	 * replaces that of the guest. RBP points to the record, which begins as a
	 * frame does.
	 */
	.balign	64
FUNC(jumpslot_gate_on_guest_stack)
	push_saved %rbp
	cmpq	$0, GATE(STATE)
	jne	.Lstay_not_outermost
.Lstay_enter:
	mov	GATE(RECORD), %rbp
	pop_cfi	RECORD_FRAME(%rbp)
	frame_in_record
	pop_cfi	RECORD_RETURN(%rbp)
	return_in_record
	mov	%r11, RECORD_FUNCTION(%rbp)
	mov	%rsp, RECORD_GUEST_SP(%rbp)
	mov	%rbp, GATE(STATE)	/* from here on the host runs */
	enter_host %rbp, %r11, %r11d, .Lstay_
	mov	RECORD_FUNCTION(%rbp), %r11
	cmpl	$0, FUNCTION_MORE(%r11)
	jne	.Lstay_more
.Lstay_call:
	call	*FUNCTION_ADDRESS(%r11)
	cmp	%rbp, GATE(STATE)
	jne	.Lexit_fault
	leave_host %rbp, .Lstay_
.Lstay_at_guest:
	mov	RECORD_OUTER(%rbp), %rcx
	mov	%rcx, GATE(STATE)	/* from here on the guest runs */
.Lstay_check:
	cmpb	$0, GATE(DEFERRED)
	jne	.Lstay_deferred
.Lstay_out:
	put_back
.Lstay_left:
	pop_saved %rbp
	ret
	/* Restarting is safe: RBP and RSP are as before until the last instruction. */
	code_range CODE_CHECK, .Lstay_check, .Lstay_left
	/* RSP is the guest's, and only its frame pointer is left to restore. */
	code_range CODE_GUEST, .Lstay_left, .Lstay_deferred

.Lstay_deferred:
	.cfi_restore_state
	cmpq	$0, GATE(STATE)
	jne	.Lstay_out
	movb	$0, GATE(DEFERRED)
	put_back
	pop_saved %rbp
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lstay_more:
	mov	FUNCTION_MORE(%r11), %r11d
	or	%r11d, RECORD_CONTROL(%rbp)
	js	.Lstay_to_host		/* GATE_FORCED */
.Lstay_at_host:
	mov	RECORD_FUNCTION(%rbp), %r11
	jmp	.Lstay_call
	compare_guest %rbp, %r11d, .Lstay_
	compare_host %rbp, .Lstay_
.Lstay_to_host:
	check_x87 %rbp, .Lstay_undo
	mov	%rbp, %rsp
	.cfi_remember_state
	/* DW_CFA_def_cfa_expression, 3 bytes: DW_OP_breg6 RECORD_GUEST_SP, DW_OP_deref */
	.cfi_escape 0x0f, 3, 0x76, RECORD_GUEST_SP, 0x06
	adjust_to_host
	mov	RECORD_GUEST_SP(%rbp), %rsp
	jmp	.Lstay_at_host
.Lstay_to_guest:
	mov	%rbp, %rsp
	adjust_to_guest
	mov	RECORD_GUEST_SP(%rbp), %rsp
	jmp	.Lstay_at_guest
	.cfi_restore_state

.Lstay_not_outermost:
	.cfi_def_cfa %rsp, 16
	.cfi_offset %rbp, -16
	.cfi_offset %rip, -8
	testb	$GATE_IN_CALLBACK, GATE(STATE)
	jz	.Lstay_host_calls
	mov	%rsp, %rbp
	push_cfi %rax
	push_cfi %r11
	call	check_callback
	pop_cfi	%r11
	pop_cfi	%rax
	jmp	.Lstay_enter
.Lstay_host_calls:
	pop_saved %rbp
	jmp	*FUNCTION_ADDRESS(%r11)
END(jumpslot_gate_on_guest_stack)

	/* Undoes a gate that has not called its function. Changes R11. */
LOCAL_FUNC(undo_gate)
	.cfi_def_cfa %rbp, 16
	.cfi_offset %rbp, -16
.Lundo:
	mov	RECORD_OUTER(%rsp), %r11
	mov	%r11, GATE(STATE)
	mov	%rbp, %rsp
	pop_frame
	jmp	.Lraise
END(undo_gate)

LOCAL_FUNC(undo_gate_on_guest_stack)
	.cfi_def_cfa %rsp, 0
	frame_in_record
	return_in_record
.Lstay_undo:
	mov	RECORD_OUTER(%rbp), %r11
	mov	%r11, GATE(STATE)
	push_cfi RECORD_RETURN(%rbp)
	.cfi_offset %rip, -8
	mov	RECORD_FRAME(%rbp), %rbp
	.cfi_same_value %rbp
	raise_x87
END(undo_gate_on_guest_stack)

	/*
	 * The resolver without interrupts: while it waits for those that bind, nobody
	 * else may run. R11 and 8(%rsp) are as for jumpslot_resolver_entry.
	 */
	.balign	64
FUNC(jumpslot_bind)
	endbr64
	cmpq	$0, GATE(STATE)
	jne	jumpslot_resolver_entry
	movq	$GATE_RESOLVING, GATE(STATE)
	sub	$8, %rsp		/* aligned as in the stub */
	.cfi_adjust_cfa_offset 8
	call	jumpslot_resolver_entry
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	movq	$0, GATE(STATE)
.Lbind_check:
	cmpb	$0, GATE(DEFERRED)
	jne	.Lbind_deferred
.Lbind_left:
	ret
	/* Restarting is safe: the range changes only flags. */
	code_range CODE_CHECK, .Lbind_check, .Lbind_left
	/* Every register is the guest's. */
	code_range CODE_GUEST, .Lbind_left, .Lbind_deferred
.Lbind_deferred:
	movb	$0, GATE(DEFERRED)
	jmp	jumpslot_interrupt_here
END(jumpslot_bind)

	/* gate.state may be the guest's here, but registers are not, or a host function
	   is about to run. */
	code_range CODE_GATE, .Lgates, .Lgates_end
.Lgates_end:

	.section .note.GNU-stack,"",@progbits
