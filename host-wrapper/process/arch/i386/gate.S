/*
 * The gate on i386. A thunk has pushed two words, and jumps here:
 *
 *   (%esp) the function, the caller's EBP, return address, arguments
 *
 * EAX, ECX and EDX may hold arguments as well. Data is found through the function: position-
 * independent code has no address of its own. See gate.h.
 */
#include "process/calls/gate_layout.h"

	/* Compares what the guest left with what the host has, and goes to `adjust` where
	   they differ. \record: register. EBX: the gate. Changes ESI, the function. */
	.macro	enter_host record, adjust
	mov	%gs:0, %esi
	cmp	GATE_THREAD(%ebx), %esi
	jne	jumpslot_gate_thread_fault
	stmxcsr	RECORD_MXCSR(\record)
	fnstcw	RECORD_CONTROL(\record)
	mov	RECORD_FUNCTION(\record), %esi
	mov	FUNCTION_FORCE(%esi), %esi
	or	RECORD_MXCSR(\record), %esi
	and	$GATE_FORCED | MXCSR_CONTROL, %esi
	mov	%esi, RECORD_EXPECTED(\record)
	cmp	GATE_EXPECTED(%ebx), %esi
	jne	\adjust
	movzwl	RECORD_CONTROL(\record), %esi
	cmp	GATE_CONTROL(%ebx), %esi
	jne	\adjust
	.endm

	/* The same on the way back. Changes ECX. */
	.macro	leave_host record, adjust
	stmxcsr	RECORD_NOW(\record)
	mov	RECORD_NOW(\record), %ecx
	fnstcw	RECORD_NOW(\record)
	and	$MXCSR_CONTROL, %ecx
	cmp	RECORD_EXPECTED(\record), %ecx
	jne	\adjust
	movzwl	RECORD_NOW(\record), %ecx
	cmp	RECORD_CONTROL(\record), %cx
	jne	\adjust
	.endm

	/* Calls C with the record at ESP, on a stack aligned to 16, and keeps what a call to
	   the host holds, or one from there returns. C leaves the vectors alone. */
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

	.macro	hidden name
	.globl	\name
	.hidden	\name
\name:
	.endm

	/* Compares with the gate's flag, by the function that \register holds. */
	.macro	check_deferred register
	mov	FUNCTION_GATE(\register), \register
	cmpb	$0, GATE_DEFERRED(\register)
	.endm

	.text
	.balign	64
	hidden	jumpslot_gates_start
	.globl	jumpslot_gate
	.hidden	jumpslot_gate
	.type	jumpslot_gate, @function
jumpslot_gate:
	.cfi_startproc
	.cfi_def_cfa %esp, 12
	.cfi_offset %ebp, -8
	lea	4(%esp), %ebp
	.cfi_def_cfa %ebp, 8
	push	%ebx
	.cfi_offset %ebx, -16
	push	%esi
	.cfi_offset %esi, -20
	mov	-4(%ebp), %esi
	mov	FUNCTION_GATE(%esi), %ebx
	cmpl	$0, GATE_STATE(%ebx)
	jne	.Lnot_outermost
.Lenter:
	mov	GATE_RECORD(%ebx), %esp
	mov	%esi, RECORD_FUNCTION(%esp)
	mov	%ebp, RECORD_GUEST_SP(%esp)
	mov	%esp, GATE_STATE(%ebx)
	enter_host %esp, .Lto_host
.Lat_host:
	mov	-4(%ebp), %esi
	cmpl	$0, FUNCTION_STACK_BYTES(%esi)
	jne	.Lcopy
.Lcall:
	mov	-4(%ebp), %esi
	/* gdb lets a frame continue on another stack in code of this name alone. Local, sized
	   and of no type: what is shown is the function's own name. */
	.local	__morestack
__morestack:
	call	*FUNCTION_ADDRESS(%esi)
	mov	GATE_RECORD(%ebx), %ecx
	cmp	%ecx, GATE_STATE(%ebx)
	jne	jumpslot_gate_exit_fault
	cmp	%ebp, RECORD_GUEST_SP(%ecx)
	jne	jumpslot_gate_exit_fault
	mov	FUNCTION_ROOM(%esi), %esi
	add	%esp, %esi
	sub	%ecx, %esi		/* bytes that the function popped */
	mov	%ecx, %esp
	mov	-4(%ebp), %ecx
	cmp	FUNCTION_STACK_BYTES(%ecx), %esi
	ja	jumpslot_gate_exit_fault
	leave_host %esp, .Lto_guest
.Lat_guest:
	test	%esi, %esi
	jnz	.Lpop
	mov	RECORD_OUTER(%esp), %ecx
	mov	%ecx, GATE_STATE(%ebx)
	hidden	jumpslot_gate_check
	mov	-4(%ebp), %ecx
	check_deferred %ecx
	jne	.Ldeferred
.Lout:
	mov	-8(%ebp), %ebx
	mov	-12(%ebp), %esi
	mov	%ebp, %esp
	hidden	jumpslot_gate_out
	pop	%ebp
	.cfi_remember_state
	.cfi_def_cfa %esp, 4
	.cfi_restore %ebx
	.cfi_restore %esi
	.cfi_same_value %ebp
	ret
	.cfi_restore_state

.Lpop:					/* the frame goes up by as much, to where ECX is */
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
	mov	%esi, GATE_STATE(%ebx)
	hidden	jumpslot_pop_check
	mov	-4(%ebp), %esi
	check_deferred %esi
	jne	.Lpop_deferred
.Lpop_out:
	mov	-8(%ebp), %ebx
	mov	-12(%ebp), %esi
	mov	%ecx, %esp
	hidden	jumpslot_pop_out
	pop	%ebp
	.cfi_def_cfa %esp, 4
	.cfi_restore %ebx
	.cfi_restore %esi
	.cfi_same_value %ebp
	ret
	.cfi_restore_state

	/* An interrupt had to wait; it comes behind the outermost gate. */
.Ldeferred:
	cmpl	$0, GATE_STATE(%ecx)
	jne	.Lout
	movb	$0, GATE_DEFERRED(%ecx)
	mov	%ebp, %ecx
	jmp	.Linterrupt
.Lpop_deferred:
	.cfi_remember_state
	.cfi_def_cfa %ecx, 8
	.cfi_escape 0x10, 3, 2, 0x75, 0x78	/* as above */
	.cfi_escape 0x10, 6, 2, 0x75, 0x74
	cmpl	$0, GATE_STATE(%esi)
	jne	.Lpop_out
	movb	$0, GATE_DEFERRED(%esi)
.Linterrupt:
	mov	-8(%ebp), %ebx
	mov	-12(%ebp), %esi
	mov	%ecx, %esp
	pop	%ebp
	.cfi_def_cfa %esp, 4
	.cfi_restore %ebx
	.cfi_restore %esi
	.cfi_same_value %ebp
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lcopy:					/* from the last word to the first */
	sub	FUNCTION_PADDING(%esi), %esp
	mov	FUNCTION_STACK_BYTES(%esi), %esi
	.globl	jumpslot_gate_copy
	.hidden	jumpslot_gate_copy
	.globl	jumpslot_gate_copied
	.hidden	jumpslot_gate_copied
jumpslot_gate_copy:
	push	4(%ebp, %esi)
jumpslot_gate_copied:
	sub	$4, %esi
	jnz	jumpslot_gate_copy
	jmp	.Lcall

.Lto_host:
	adjust	gate_to_host
	jmp	.Lat_host
.Lto_guest:
	adjust	gate_to_guest
	jmp	.Lat_guest

.Lnot_outermost:
	testb	$GATE_IN_CALLBACK, GATE_STATE(%ebx)
	jz	.Lhost_calls
	call	check_callback
	mov	-4(%ebp), %esi
	jmp	.Lenter

.Lhost_calls:				/* through a pointer to the guest's stub: a call */
	mov	FUNCTION_ADDRESS(%esi), %esi	/* among its own */
	mov	%esi, -4(%ebp)
	pop	%esi
	.cfi_restore %esi
	pop	%ebx
	.cfi_restore %ebx
	mov	(%ebp), %ebp
	.cfi_def_cfa %esp, 12
	.cfi_same_value %ebp
	ret	$4			/* takes the frame pointer with it */
	.cfi_endproc
	.size	__morestack, . - __morestack
	.size	jumpslot_gate, . - jumpslot_gate

	/* EBP: a gate's frame of guest code that a callback runs. What the callback stands
	   on must be as it was, and not around this frame: or the guest has left it by
	   longjmp. Changes ESI. */
	.type	check_callback, @function
check_callback:
	.cfi_startproc
	push	%eax
	.cfi_adjust_cfa_offset 4
	mov	GATE_STATE(%ebx), %eax
	mov	CALLBACK_COOKIE_AT - GATE_IN_CALLBACK(%eax), %esi
	cmp	%eax, (%esi)
	jne	jumpslot_gate_entry_fault
	mov	CALLBACK_GUEST_HIGH - GATE_IN_CALLBACK(%eax), %eax
	sub	%esi, %eax
	neg	%esi
	add	%ebp, %esi
	cmp	%eax, %esi
	jbe	jumpslot_gate_entry_fault
	pop	%eax
	.cfi_adjust_cfa_offset -4
	ret
jumpslot_gate_thread_fault:		/* the guest changed GS */
	ud2
	.globl	jumpslot_gate_entry_fault
	.hidden	jumpslot_gate_entry_fault
jumpslot_gate_entry_fault:
	ud2
	.globl	jumpslot_gate_exit_fault
	.hidden	jumpslot_gate_exit_fault
jumpslot_gate_exit_fault:
	ud2
	.cfi_endproc
	.size	check_callback, . - check_callback

	/* The guest's registers, frame pointer and return address, the latter back onto its
	   stack; as often as it is started. */
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

	/*
	 * For functions whose arguments nobody can count: the stack stays, so that they are
	 * where the function looks for them, and the guest's return address makes room
	 * for the gate's own. EBP points to the record, which begins as a frame does.
	 * What the function pops is popped.
	 */
	.balign	64
	.globl	jumpslot_gate_on_guest_stack
	.hidden	jumpslot_gate_on_guest_stack
	.type	jumpslot_gate_on_guest_stack, @function
jumpslot_gate_on_guest_stack:
	.cfi_startproc
	.cfi_def_cfa %esp, 12
	.cfi_offset %ebp, -8
	lea	4(%esp), %ebp
	.cfi_def_cfa %ebp, 8
	push	%ebx
	.cfi_offset %ebx, -16
	push	%esi
	.cfi_offset %esi, -20
	mov	-4(%ebp), %esi
	mov	FUNCTION_GATE(%esi), %ebx
	cmpl	$0, GATE_STATE(%ebx)
	jne	.Lstay_not_outermost
.Lstay_enter:
	mov	GATE_RECORD(%ebx), %ebx
	mov	%esi, RECORD_FUNCTION(%ebx)
	.cfi_def_cfa %esp, 20
	pop	RECORD_SAVED(%ebx)
	.cfi_adjust_cfa_offset -4
	pop	RECORD_SAVED + WORD(%ebx)
	.cfi_adjust_cfa_offset -4
	add	$4, %esp
	.cfi_adjust_cfa_offset -4
	pop	RECORD_FRAME(%ebx)
	.cfi_adjust_cfa_offset -4
	pop	RECORD_RETURN(%ebx)
	.cfi_adjust_cfa_offset -4
	/* DW_CFA_expression: register, 2 bytes: DW_OP_breg5 (EBP) and a field */
	mov	%ebx, %ebp
	.cfi_escape 0x10, 6, 2, 0x75, RECORD_SAVED
	.cfi_escape 0x10, 3, 2, 0x75, RECORD_SAVED + WORD
	.cfi_escape 0x10, 5, 2, 0x75, RECORD_FRAME
	.cfi_escape 0x10, 8, 2, 0x75, RECORD_RETURN
	mov	FUNCTION_GATE(%esi), %ebx
	mov	%esp, RECORD_GUEST_SP(%ebp)
	mov	%ebp, GATE_STATE(%ebx)
	enter_host %ebp, .Lstay_to_host
.Lstay_at_host:
	mov	RECORD_FUNCTION(%ebp), %esi
	call	*FUNCTION_ADDRESS(%esi)
	cmp	%ebp, GATE_STATE(%ebx)
	jne	jumpslot_gate_exit_fault
	leave_host %ebp, .Lstay_to_guest
.Lstay_at_guest:
	mov	RECORD_OUTER(%ebp), %ecx
	mov	%ecx, GATE_STATE(%ebx)
	hidden	jumpslot_stay_check
	mov	RECORD_FUNCTION(%ebp), %ecx
	check_deferred %ecx
	jne	.Lstay_deferred
.Lstay_out:
	put_back
	hidden	jumpslot_stay_out
	pop	%ebp
	.cfi_adjust_cfa_offset -4
	.cfi_same_value %ebp
	ret
	.cfi_restore_state

.Lstay_deferred:
	cmpl	$0, GATE_STATE(%ecx)
	jne	.Lstay_out
	movb	$0, GATE_DEFERRED(%ecx)
	put_back
	pop	%ebp
	.cfi_adjust_cfa_offset -4
	.cfi_same_value %ebp
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lstay_to_host:
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
	testb	$GATE_IN_CALLBACK, GATE_STATE(%ebx)
	jz	.Lhost_calls
	call	check_callback
	mov	-4(%ebp), %esi
	jmp	.Lstay_enter
	.cfi_endproc
	.size	jumpslot_gate_on_guest_stack, . - jumpslot_gate_on_guest_stack

	/*
	 * The resolver, without interrupts: while it waits for those that bind, nobody
	 * else may run. The stack is as for jumpslot_resolver_entry, which takes
	 * the entry's copy off; then the stub's return address replaces the entry.
	 */
	.balign	64
	hidden	jumpslot_bind
	.type	jumpslot_bind, @function
	.cfi_startproc
	endbr32
	push	%ebx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebx, 0
	call	1f
1:	pop	%ebx
	lea	gate - 1b(%ebx), %ebx
	cmpl	$0, GATE_STATE(%ebx)
	jne	.Lbind_anyway
	movl	$GATE_RESOLVING, GATE_STATE(%ebx)
	push	8(%esp)
	.cfi_adjust_cfa_offset 4
	call	jumpslot_resolver_entry
	.cfi_adjust_cfa_offset -4
	movl	$0, GATE_STATE(%ebx)
	hidden	jumpslot_bind_check
	cmpb	$0, GATE_DEFERRED(%ebx)
	jne	.Lbind_deferred
	pop	%ebx
	.cfi_remember_state
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebx
	hidden	jumpslot_bind_out
	ret	$4
	.cfi_restore_state
.Lbind_deferred:
	movb	$0, GATE_DEFERRED(%ebx)
	pop	%ebx
	.cfi_remember_state
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebx
	pop	(%esp)
	jmp	jumpslot_interrupt_here
	.cfi_restore_state
.Lbind_anyway:
	pop	%ebx
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebx
	jmp	jumpslot_resolver_entry
	.cfi_endproc
	.size	jumpslot_bind, . - jumpslot_bind
	hidden	jumpslot_gates_end

	.section .note.GNU-stack,"",@progbits
