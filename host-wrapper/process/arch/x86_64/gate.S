/*
 * The gate on x86-64. A thunk jumps here with the function in R11; every other register,
 * and the stack from 8(%rsp) on, may hold an argument. See gate.h.
 */
#include "process/calls/gate_layout.h"

	/* Compares what the guest left with what the host has, and goes to `adjust` where
	   they differ. \record: register. Changes R11, which holds the function. */
	.macro	enter_host record, adjust
	mov	%fs:0, %r11
	cmp	GATE_THREAD + gate(%rip), %r11
	jne	jumpslot_gate_thread_fault
	stmxcsr	RECORD_MXCSR(\record)
	fnstcw	RECORD_CONTROL(\record)
	mov	RECORD_FUNCTION(\record), %r11
	mov	FUNCTION_FORCE(%r11), %r11d
	or	RECORD_MXCSR(\record), %r11d
	and	$GATE_FORCED | MXCSR_CONTROL, %r11d
	mov	%r11d, RECORD_EXPECTED(\record)
	cmp	GATE_EXPECTED + gate(%rip), %r11d
	jne	\adjust
	movzwl	RECORD_CONTROL(\record), %r11d
	cmp	GATE_CONTROL + gate(%rip), %r11d
	jne	\adjust
	.endm

	/* The same on the way back. Changes RCX. */
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

	/* Calls C with the record, which is in RBX or at RSP, and keeps what a call to the
	   host holds, or one from there returns. C leaves the vectors alone. */
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

	.macro	adjust_to_guest
	push	%rax
	push	%rdx
	lea	16(%rsp), %rdi
	call	gate_to_guest
	pop	%rdx
	pop	%rax
	.endm

	.macro	hidden name
	.globl	\name
	.hidden	\name
\name:
	.endm

	.text
	.balign	64
	hidden	jumpslot_gates_start
	.globl	jumpslot_gate
	.hidden	jumpslot_gate
	.type	jumpslot_gate, @function
jumpslot_gate:
	.cfi_startproc
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	push	%r11
	cmpq	$0, GATE_STATE + gate(%rip)
	jne	.Lnot_outermost
.Lenter:
	mov	GATE_RECORD + gate(%rip), %rsp
	mov	%r11, RECORD_FUNCTION(%rsp)
	mov	%rbp, RECORD_GUEST_SP(%rsp)
	mov	%rsp, GATE_STATE + gate(%rip)
	enter_host %rsp, .Lto_host
.Lat_host:
	mov	-8(%rbp), %r11
	cmpq	$0, FUNCTION_STACK_BYTES(%r11)
	jne	.Lcopy
	/* gdb lets a frame continue on another stack in code of this name alone. Local, sized
	   and of no type: what is shown is the function's own name. */
	.local	__morestack
__morestack:
	call	*FUNCTION_ADDRESS(%r11)
.Lreturned:
	cmp	%rsp, GATE_STATE + gate(%rip)
	jne	jumpslot_gate_exit_fault
	leave_host %rsp, .Lto_guest
.Lat_guest:
	mov	RECORD_OUTER(%rsp), %rcx
	mov	%rcx, GATE_STATE + gate(%rip)
	hidden	jumpslot_gate_check
	cmpb	$0, GATE_DEFERRED + gate(%rip)
	jne	.Ldeferred
.Lout:
	mov	%rbp, %rsp
	hidden	jumpslot_gate_out
	hidden	jumpslot_pop_check	/* of i386 alone */
	hidden	jumpslot_pop_out
	pop	%rbp
	.cfi_remember_state
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp
	ret
	.cfi_restore_state

.Ldeferred:				/* an interrupt had to wait, for the outermost */
	cmpq	$0, GATE_STATE + gate(%rip)
	jne	.Lout
	movb	$0, GATE_DEFERRED + gate(%rip)
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_remember_state
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lcopy:					/* from the last word to the first */
	sub	FUNCTION_PADDING(%r11), %rsp
	mov	FUNCTION_STACK_BYTES(%r11), %r11
	.globl	jumpslot_gate_copy
	.hidden	jumpslot_gate_copy
	.globl	jumpslot_gate_copied
	.hidden	jumpslot_gate_copied
jumpslot_gate_copy:
	push	8(%rbp, %r11)
jumpslot_gate_copied:
	sub	$8, %r11
	jnz	jumpslot_gate_copy
	mov	-8(%rbp), %r11
	call	*FUNCTION_ADDRESS(%r11)
	mov	-8(%rbp), %rcx
	add	FUNCTION_ROOM(%rcx), %rsp
	jmp	.Lreturned

.Lto_host:
	adjust_to_host
	jmp	.Lat_host
.Lto_guest:
	adjust_to_guest
	jmp	.Lat_guest

.Lnot_outermost:
	testb	$GATE_IN_CALLBACK, GATE_STATE + gate(%rip)
	jz	.Lhost_calls
	push	%rax
	call	check_callback
	pop	%rax
	mov	-8(%rbp), %r11
	jmp	.Lenter

.Lhost_calls:				/* through a pointer to the guest's stub: a call */
	mov	%rbp, %rsp		/* among its own */
	pop	%rbp
	.cfi_remember_state
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp
	jmp	*FUNCTION_ADDRESS(%r11)
	.cfi_restore_state
	.cfi_endproc
	.size	__morestack, . - __morestack
	.size	jumpslot_gate, . - jumpslot_gate

	/* RBP: a gate's frame of guest code that a callback runs. What the callback stands
	   on must be as it was, and not around this frame: or the guest has left it by
	   longjmp. Changes RAX and R11. */
	.type	check_callback, @function
check_callback:
	.cfi_startproc
	mov	GATE_STATE + gate(%rip), %rax
	mov	CALLBACK_COOKIE_AT - GATE_IN_CALLBACK(%rax), %r11
	cmp	%rax, (%r11)
	jne	jumpslot_gate_entry_fault
	mov	CALLBACK_GUEST_HIGH - GATE_IN_CALLBACK(%rax), %rax
	sub	%r11, %rax
	neg	%r11
	add	%rbp, %r11
	cmp	%rax, %r11
	jbe	jumpslot_gate_entry_fault
	ret
jumpslot_gate_thread_fault:		/* the guest changed FS */
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

	/* The guest's frame pointer and return address go back onto its stack; as often as
	   it is started. */
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

	/*
	 * For functions whose arguments nobody can count: the stack stays, so that they are
	 * where the function looks for them, and the guest's return address makes room
	 * for the gate's own. RBP points to the record, which begins as a frame does.
	 */
	.balign	64
	.globl	jumpslot_gate_on_guest_stack
	.hidden	jumpslot_gate_on_guest_stack
	.type	jumpslot_gate_on_guest_stack, @function
jumpslot_gate_on_guest_stack:
	.cfi_startproc
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	cmpq	$0, GATE_STATE + gate(%rip)
	jne	.Lstay_not_outermost
.Lstay_enter:
	mov	GATE_RECORD + gate(%rip), %rbp
	pop	RECORD_FRAME(%rbp)
	.cfi_adjust_cfa_offset -8
	/* DW_CFA_expression: register 6 (RBP), 2 bytes: DW_OP_breg6 RECORD_FRAME */
	.cfi_escape 0x10, 6, 2, 0x76, RECORD_FRAME
	pop	RECORD_RETURN(%rbp)
	.cfi_adjust_cfa_offset -8
	/* Register 16, the return address: DW_OP_breg6 RECORD_RETURN */
	.cfi_escape 0x10, 16, 2, 0x76, RECORD_RETURN
	mov	%r11, RECORD_FUNCTION(%rbp)
	mov	%rsp, RECORD_GUEST_SP(%rbp)
	mov	%rbp, GATE_STATE + gate(%rip)
	enter_host %rbp, .Lstay_to_host
.Lstay_at_host:
	mov	RECORD_FUNCTION(%rbp), %r11
	call	*FUNCTION_ADDRESS(%r11)
	cmp	%rbp, GATE_STATE + gate(%rip)
	jne	jumpslot_gate_exit_fault
	leave_host %rbp, .Lstay_to_guest
.Lstay_at_guest:
	mov	RECORD_OUTER(%rbp), %rcx
	mov	%rcx, GATE_STATE + gate(%rip)
	hidden	jumpslot_stay_check
	cmpb	$0, GATE_DEFERRED + gate(%rip)
	jne	.Lstay_deferred
.Lstay_out:
	put_back
	hidden	jumpslot_stay_out
	pop	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	ret
	.cfi_restore_state

.Lstay_deferred:
	cmpq	$0, GATE_STATE + gate(%rip)
	jne	.Lstay_out
	movb	$0, GATE_DEFERRED + gate(%rip)
	put_back
	pop	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	jmp	jumpslot_interrupt_here
	.cfi_restore_state

.Lstay_to_host:
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
	testb	$GATE_IN_CALLBACK, GATE_STATE + gate(%rip)
	jz	.Lstay_host_calls
	mov	%rsp, %rbp
	push	%rax
	.cfi_adjust_cfa_offset 8
	push	%r11
	.cfi_adjust_cfa_offset 8
	call	check_callback
	pop	%r11
	.cfi_adjust_cfa_offset -8
	pop	%rax
	.cfi_adjust_cfa_offset -8
	jmp	.Lstay_enter
.Lstay_host_calls:
	pop	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	jmp	*FUNCTION_ADDRESS(%r11)
	.cfi_endproc
	.size	jumpslot_gate_on_guest_stack, . - jumpslot_gate_on_guest_stack

	/*
	 * The resolver, without interrupts: while it waits for those that bind, nobody
	 * else may run. R11 and 8(%rsp) are as for jumpslot_resolver_entry.
	 */
	.balign	64
	hidden	jumpslot_bind
	.type	jumpslot_bind, @function
	.cfi_startproc
	endbr64
	cmpq	$0, GATE_STATE + gate(%rip)
	jne	jumpslot_resolver_entry
	movq	$GATE_RESOLVING, GATE_STATE + gate(%rip)
	sub	$8, %rsp		/* aligned as in the stub */
	.cfi_adjust_cfa_offset 8
	call	jumpslot_resolver_entry
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	movq	$0, GATE_STATE + gate(%rip)
	hidden	jumpslot_bind_check
	cmpb	$0, GATE_DEFERRED + gate(%rip)
	jne	.Lbind_deferred
	hidden	jumpslot_bind_out
	ret
	nop				/* GATE_LAST_STEPS */
.Lbind_deferred:
	movb	$0, GATE_DEFERRED + gate(%rip)
	jmp	jumpslot_interrupt_here
	.cfi_endproc
	.size	jumpslot_bind, . - jumpslot_bind
	hidden	jumpslot_gates_end

	.section .note.GNU-stack,"",@progbits
