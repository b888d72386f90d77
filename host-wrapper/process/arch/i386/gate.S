/*
 * The gate on i386. A thunk has pushed two words, and jumps here:
 *
 *   (%esp) the function, the caller's EBP, return address, arguments
 *
 * EAX, ECX and EDX may hold arguments as well. The gate finds its data through the
 * function: position-independent code has no address of its own. See gate.h.
 */
#define GATE(FIELD) GATE_##FIELD(%ebx)
#define THREAD	    %gs:0
#include "common/asm_i386.h"
#include "process/arch/gate_x86.h"

	/* Calls C with the record at ESP, on a stack aligned to 16. Preserves everything
	   that holds an argument or a result; C does not touch vector registers. */
	.macro	adjust function
	push	%eax
	push	%ecx
	push	%edx
	lea	12(%esp), %ecx
	push	%ecx
	call	\function
	pop	%ecx
	pop	%edx
	pop	%ecx
	pop	%eax
	.endm

	/* The frame as a thunk left it: EBP is pushed, but not changed. */
	.macro	thunk_frame
	.cfi_def_cfa %esp, 12
	.cfi_offset %ebp, -8
	.endm

	/* Makes a frame of it, and loads ESI with the function and EBX with the gate. */
	.macro	begin_gate
	thunk_frame
	lea	4(%esp), %ebp
	.cfi_def_cfa %ebp, 8
	push	%ebx
	.cfi_offset %ebx, -16
	push	%esi
	.cfi_offset %esi, -20
	mov	-4(%ebp), %esi
	mov	FUNCTION_GATE(%esi), %ebx
	.endm

	/* EBX and ESI are the guest's, and so is EBP after this pop. */
	.macro	pop_all
	pop	%ebp
	.cfi_def_cfa %esp, 4
	.cfi_restore %ebx
	.cfi_restore %esi
	.cfi_same_value %ebp
	.endm

	.text
	.balign	64
.Lgates:
FUNC(jumpslot_gate)
	begin_gate
	cmpl	$0, GATE(STATE)
	jne	.Lnot_outermost
.Lenter:
	mov	GATE(RECORD), %esp
	mov	%esi, RECORD_FUNCTION(%esp)
	mov	%ebp, RECORD_GUEST_SP(%esp)
	mov	%esp, GATE(STATE)	/* from here on the host runs */
	enter_host %esp, %esi, %esi, .L
	mov	-4(%ebp), %esi
	cmpl	$0, FUNCTION_MORE(%esi)
	jne	.Lmore
.Lat_host:
	mov	-4(%ebp), %esi
	sub	FUNCTION_PADDING(%esi), %esp
	mov	FUNCTION_STACK_BYTES(%esi), %esi
	test	%esi, %esi
	jz	.Lcall
.Lcopy:					/* from the last word to the first */
	push	4(%ebp, %esi)
.Lcopied:
	sub	$4, %esi
	jnz	.Lcopy
	/* The read may fault past the end of the guest's memory, where no argument is:
	   the number of bytes is an upper bound. ESI counts the bytes that are left. */
	code_range CODE_COPY, .Lcopy, .Lcopied
.Lcall:
	mov	-4(%ebp), %esi
	other_stack
	call	*FUNCTION_ADDRESS(%esi)
	add	FUNCTION_ROOM(%esi), %esp
	cmp	%esp, GATE(STATE)
	jne	.Lpopped
	leave_host %esp, .L
.Lat_guest:
	mov	RECORD_OUTER(%esp), %ecx
	mov	%ecx, GATE(STATE)	/* from here on the guest runs */
	mov	%ebx, %ecx
.Lcheck:
	cmpb	$0, GATE_DEFERRED(%ecx)
	jne	.Ldeferred
.Lout:
	mov	-8(%ebp), %ebx
	mov	-12(%ebp), %esi
	mov	%ebp, %esp
.Lleft:
	.cfi_remember_state
	pop_all
	ret
	/* Restarting is safe: the range reads ECX and EBP's frame, and keeps both. */
	code_range CODE_CHECK, .Lcheck, .Lleft
	/* Only the guest's frame pointer is left to restore. */
	code_range CODE_GUEST, .Lleft, .Lpopped

	/* The function popped its arguments, or another one returned. */
.Lpopped:
	.cfi_restore_state
	mov	GATE(RECORD), %ecx
	cmp	%ecx, GATE(STATE)
	jne	.Lexit_fault
	cmp	%ebp, RECORD_GUEST_SP(%ecx)
	jne	.Lexit_fault
	mov	%esp, %esi
	sub	%ecx, %esi		/* bytes that the function popped */
	mov	%ecx, %esp
	mov	-4(%ebp), %ecx
	cmp	FUNCTION_STACK_BYTES(%ecx), %esi
	ja	.Lexit_fault
	leave_host %esp, .Lpop_
	/* The frame moves up by as much, to ECX. */
.Lpop_at_guest:
	lea	(%ebp, %esi), %ecx
	mov	4(%ebp), %esi
	mov	%esi, 4(%ecx)
	mov	(%ebp), %esi
	mov	%esi, (%ecx)
	.cfi_remember_state
	.cfi_def_cfa %ecx, 8
	/* DW_CFA_expression: register, 2 bytes: DW_OP_breg5 (EBP) -8, -12 */
	.cfi_escape 0x10, 3, 2, 0x75, 0x78
	.cfi_escape 0x10, 6, 2, 0x75, 0x74
	mov	RECORD_OUTER(%esp), %esi
	mov	%esi, GATE(STATE)	/* from here on the guest runs */
.Lpop_check:
	mov	-4(%ebp), %esi
	mov	FUNCTION_GATE(%esi), %esi	/* EBX may be the guest's already */
	cmpb	$0, GATE_DEFERRED(%esi)
	jne	.Lpop_deferred
.Lpop_out:
	mov	-8(%ebp), %ebx
	mov	-12(%ebp), %esi
	mov	%ecx, %esp
.Lpop_left:
	.cfi_remember_state
	pop_all
	ret
	/* Restarting is safe: the range reads ECX and EBP's frame, and changes none. */
	code_range CODE_CHECK, .Lpop_check, .Lpop_left
	/* Only the guest's frame pointer is left to restore. */
	code_range CODE_GUEST, .Lpop_left, .Lpop_deferred

.Lpop_deferred:				/* an interrupt waits for the outermost gate */
	.cfi_restore_state
	cmpl	$0, GATE_STATE(%esi)
	jne	.Lpop_out
	movb	$0, GATE_DEFERRED(%esi)
	jmp	.Linterrupt
.Ldeferred:
	.cfi_restore_state
	cmpl	$0, GATE_STATE(%ecx)
	jne	.Lout
	movb	$0, GATE_DEFERRED(%ecx)
	mov	%ebp, %ecx
	.cfi_remember_state
	.cfi_def_cfa %ecx, 8
	.cfi_escape 0x10, 3, 2, 0x75, 0x78	/* as above */
	.cfi_escape 0x10, 6, 2, 0x75, 0x74
.Linterrupt:
	mov	-8(%ebp), %ebx
	mov	-12(%ebp), %esi
	mov	%ecx, %esp
	pop_all
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lmore:
	mov	FUNCTION_MORE(%esi), %esi
	or	%esi, RECORD_CONTROL(%esp)
	js	.Lto_host		/* GATE_FORCED */
	jmp	.Lat_host

	compare_guest %esp, %esi, .L
	compare_host %esp, .L
.Lpop_host_differs:			/* rare: C compares again */
	adjust	gate_to_guest
	jmp	.Lpop_at_guest
.Lto_host:
	check_x87 %esp, .Lundo
	adjust	gate_to_host
	jmp	.Lat_host
.Lto_guest:
	adjust	gate_to_guest
	jmp	.Lat_guest

.Lnot_outermost:
	testb	$GATE_IN_CALLBACK, GATE(STATE)
	jz	.Lhost_calls
	call	check_callback
	mov	-4(%ebp), %esi
	jmp	.Lenter

	/* The host calls through a pointer to the guest's stub: an ordinary call. */
.Lhost_calls:
	mov	FUNCTION_ADDRESS(%esi), %esi
	mov	%esi, -4(%ebp)
	pop	%esi
	.cfi_restore %esi
	pop	%ebx
	.cfi_restore %ebx
	mov	(%ebp), %ebp
	.cfi_def_cfa %esp, 12
	.cfi_same_value %ebp
	ret	$4			/* takes the frame pointer with it */
	end_other_stack
END(jumpslot_gate)

	/*
	 * Checks a gate that guest code in a callback has called. EBP points to the
	 * gate's frame. The word that the callback left on the guest's stack must be
	 * intact, and outside the frames of this call: otherwise the guest has left the
	 * callback by longjmp. Changes ESI.
	 */
LOCAL_FUNC(check_callback)
	push_cfi %eax
	mov	GATE(STATE), %eax
	mov	CALLBACK_COOKIE_AT - GATE_IN_CALLBACK(%eax), %esi
	cmp	%eax, (%esi)
	jne	.Lentry_fault
	mov	CALLBACK_GUEST_HIGH - GATE_IN_CALLBACK(%eax), %eax
	sub	%esi, %eax		/* size of the part that must stay */
	neg	%esi
	add	%ebp, %esi		/* distance of the frame from its start */
	cmp	%eax, %esi
	jbe	.Lentry_fault
	pop_cfi	%eax
	ret
	gate_faults
END(check_callback)

	/* Restores the guest's registers, and puts its frame pointer and return address
	   back onto its stack. May be restarted: only the last instruction moves ESP. */
	.macro	put_back
	mov	RECORD_SAVED(%ebp), %esi
	mov	RECORD_SAVED + WORD(%ebp), %ebx
	mov	RECORD_RETURN(%ebp), %ecx
	mov	%ecx, -4(%esp)
	mov	RECORD_FRAME(%ebp), %ecx
	mov	%ecx, -8(%esp)
	lea	-8(%esp), %esp
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	.cfi_offset %eip, -4
	.cfi_offset %ebp, -8
	.cfi_restore %esi
	.cfi_restore %ebx
	.endm

	.macro	pop_last
	pop_cfi	%ebp
	.cfi_same_value %ebp
	.endm

	/* ESI, EBX, EBP and the return address are in the record that EBP points to.
	   DW_CFA_expression: register, 2 bytes: DW_OP_breg5 (EBP) and a field */
	.macro	all_in_record
	.cfi_escape 0x10, 6, 2, 0x75, RECORD_SAVED
	.cfi_escape 0x10, 3, 2, 0x75, RECORD_SAVED + WORD
	.cfi_escape 0x10, 5, 2, 0x75, RECORD_FRAME
	.cfi_escape 0x10, 8, 2, 0x75, RECORD_RETURN
	.endm

	/*
	 * The gate for functions whose arguments nobody can count. The stack stays, so
	 * the arguments are where the function looks for them; the gate's return address
	 * replaces that of the guest. EBP points to the record, which begins as a
	 * frame does. Bytes that the function pops stay popped.
	 */
	.balign	64
FUNC(jumpslot_gate_on_guest_stack)
	begin_gate
	cmpl	$0, GATE(STATE)
	jne	.Lstay_not_outermost
.Lstay_enter:
	mov	GATE(RECORD), %ebx
	mov	%esi, RECORD_FUNCTION(%ebx)
	.cfi_def_cfa %esp, 20
	pop_cfi	RECORD_SAVED(%ebx)
	pop_cfi	RECORD_SAVED + WORD(%ebx)
	add	$4, %esp
	.cfi_adjust_cfa_offset -4
	pop_cfi	RECORD_FRAME(%ebx)
	pop_cfi	RECORD_RETURN(%ebx)
	mov	%ebx, %ebp
	all_in_record
	mov	FUNCTION_GATE(%esi), %ebx
	mov	%esp, RECORD_GUEST_SP(%ebp)
	mov	%ebp, GATE(STATE)	/* from here on the host runs */
	enter_host %ebp, %esi, %esi, .Lstay_
	mov	RECORD_FUNCTION(%ebp), %esi
	cmpl	$0, FUNCTION_MORE(%esi)
	jne	.Lstay_more
.Lstay_call:
	call	*FUNCTION_ADDRESS(%esi)
	cmp	%ebp, GATE(STATE)
	jne	.Lexit_fault
	leave_host %ebp, .Lstay_
.Lstay_at_guest:
	mov	RECORD_OUTER(%ebp), %ecx
	mov	%ecx, GATE(STATE)	/* from here on the guest runs */
.Lstay_check:
	mov	RECORD_FUNCTION(%ebp), %ecx
	mov	FUNCTION_GATE(%ecx), %ecx	/* EBX may be the guest's already */
	cmpb	$0, GATE_DEFERRED(%ecx)
	jne	.Lstay_deferred
.Lstay_out:
	put_back
.Lstay_left:
	pop_last
	ret
	/* Restarting is safe: EBP and ESP are as before until the last instruction. */
	code_range CODE_CHECK, .Lstay_check, .Lstay_left
	/* Only the guest's frame pointer is left to restore. */
	code_range CODE_GUEST, .Lstay_left, .Lstay_deferred

.Lstay_deferred:
	.cfi_restore_state
	cmpl	$0, GATE_STATE(%ecx)
	jne	.Lstay_out
	movb	$0, GATE_DEFERRED(%ecx)
	put_back
	pop_last
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lstay_more:
	mov	FUNCTION_MORE(%esi), %esi
	or	%esi, RECORD_CONTROL(%ebp)
	js	.Lstay_to_host		/* GATE_FORCED */
.Lstay_at_host:
	mov	RECORD_FUNCTION(%ebp), %esi
	jmp	.Lstay_call
	compare_guest %ebp, %esi, .Lstay_
	compare_host %ebp, .Lstay_
.Lstay_to_host:
	check_x87 %ebp, .Lstay_undo
	mov	%ebp, %esp
	.cfi_remember_state
	/* DW_CFA_def_cfa_expression, 3 bytes: DW_OP_breg5 RECORD_GUEST_SP, DW_OP_deref */
	.cfi_escape 0x0f, 3, 0x75, RECORD_GUEST_SP, 0x06
	adjust	gate_to_host
	mov	RECORD_GUEST_SP(%ebp), %esp
	jmp	.Lstay_at_host
.Lstay_to_guest:
	mov	%esp, RECORD_GUEST_SP(%ebp)
	mov	%ebp, %esp
	adjust	gate_to_guest
	mov	RECORD_GUEST_SP(%ebp), %esp
	jmp	.Lstay_at_guest
	.cfi_restore_state

.Lstay_not_outermost:
	.cfi_def_cfa %ebp, 8
	.cfi_offset %ebp, -8
	.cfi_offset %ebx, -16
	.cfi_offset %esi, -20
	.cfi_offset %eip, -4
	testb	$GATE_IN_CALLBACK, GATE(STATE)
	jz	.Lhost_calls
	call	check_callback
	mov	-4(%ebp), %esi
	jmp	.Lstay_enter
END(jumpslot_gate_on_guest_stack)

	/* Undoes a gate that has not called its function, and the thunk. */
LOCAL_FUNC(undo_gate)
	.cfi_def_cfa %ebp, 8
	.cfi_offset %ebp, -8
	.cfi_offset %ebx, -16
	.cfi_offset %esi, -20
.Lundo:
	mov	RECORD_OUTER(%esp), %esi
	mov	%esi, GATE(STATE)
	mov	-8(%ebp), %ebx
	mov	-12(%ebp), %esi
	mov	%ebp, %esp
	pop_all
	jmp	.Lraise
END(undo_gate)

LOCAL_FUNC(undo_gate_on_guest_stack)
	.cfi_def_cfa %esp, 0
	all_in_record
.Lstay_undo:
	mov	RECORD_OUTER(%ebp), %esi
	mov	%esi, GATE(STATE)
	mov	RECORD_SAVED(%ebp), %esi
	.cfi_same_value %esi
	mov	RECORD_SAVED + WORD(%ebp), %ebx
	.cfi_same_value %ebx
	push_cfi RECORD_RETURN(%ebp)
	.cfi_offset %eip, -4
	mov	RECORD_FRAME(%ebp), %ebp
	.cfi_same_value %ebp
	raise_x87
END(undo_gate_on_guest_stack)

	/*
	 * The resolver without interrupts: while it waits for those that bind, nobody
	 * else may run. The stack is as for jumpslot_resolver_entry, which takes off the
	 * copy of the entry that is pushed here. Then the stub's return address replaces
	 * the entry.
	 */
	.balign	64
FUNC(jumpslot_bind)
	endbr32
	push_saved %ebx
	find	gate, %ebx, WORD
	cmpl	$0, GATE(STATE)
	jne	.Lbind_anyway
	movl	$GATE_RESOLVING, GATE(STATE)
	push_cfi 8(%esp)
	call	jumpslot_resolver_entry
	.cfi_adjust_cfa_offset -4
	movl	$0, GATE(STATE)
.Lbind_check:
	cmpb	$0, GATE(DEFERRED)
	jne	.Lbind_deferred
	.cfi_remember_state
	pop_saved %ebx
.Lbind_left:
	ret	$4
	/* Restarting is safe: only the last instruction changes EBX and ESP. */
	code_range CODE_CHECK, .Lbind_check, .Lbind_left
	/* Every register is the guest's. */
	code_range CODE_GUEST, .Lbind_left, .Lbind_deferred

.Lbind_deferred:
	.cfi_restore_state
	movb	$0, GATE(DEFERRED)
	.cfi_remember_state
	pop_saved %ebx
	pop	(%esp)
	jmp	jumpslot_interrupt_here
	.cfi_restore_state
.Lbind_anyway:
	pop_saved %ebx
	jmp	jumpslot_resolver_entry
END(jumpslot_bind)

	/* gate.state may be the guest's here, but registers are not, or a host function
	   is about to run. */
	code_range CODE_GATE, .Lgates, .Lgates_end
.Lgates_end:

	.section .note.GNU-stack,"",@progbits
