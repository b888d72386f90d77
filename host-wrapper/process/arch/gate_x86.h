/*
 * The gate's assembly that both x86 architectures share. Each gate.S defines first
 *
 *   GATE(FIELD)	operand for a field of struct gate
 *   THREAD		operand for the word that holds the thread's own address
 *
 * Depends on asm_x86.h and on the gate's constants.
 */
#ifndef JUMPSLOT_GATE_X86_H
#define JUMPSLOT_GATE_X86_H

#ifdef __ASSEMBLER__
/* clang-format off */
#include "common/asm_x86.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"
#include "vcpu/registers.h"

	/*
	 * Notes the guest's floating-point control in the record, and jumps to
	 * `guest_differs` if it is not the host's. `scratch` and `value`: one register
	 * and its lower 32 bits; both change. It is one comparison:
	 * gate.control never equals an x87 control word if MXCSR or masks matter.
	 */
	.macro	enter_host record, scratch, value, prefix
	mov	THREAD, \scratch	/* did the guest change the host's segment? */
	cmp	GATE(THREAD), \scratch
	jne	.Lthread_fault
	fnstcw	RECORD_NOW(\record)
	movzwl	RECORD_NOW(\record), \value
	mov	\value, RECORD_CONTROL(\record)
	cmp	GATE(CONTROL), \value
	jne	\prefix\()guest_differs
\prefix\()guest_read:
	.endm

	/*
	 * Jumps to `host_differs` if the host left another floating-point control than
	 * the record's, or if the record says that the way out must do more. Changes ECX.
	 */
	.macro	leave_host record, prefix
	fnstcw	RECORD_NOW(\record)
	movzwl	RECORD_NOW(\record), %ecx
	cmp	RECORD_CONTROL(\record), %ecx
	jne	\prefix\()host_differs
	.endm

	/*
	 * The rare ways of enter_host and leave_host. Reading MXCSR takes longer than all
	 * the rest: the gate reads it only where the other side can have changed it. A
	 * function that keeps MXCSR has that of the way in, which was the guest's.
	 */
	.macro	compare_guest record, value, prefix
\prefix\()guest_differs:
	or	$GATE_READS, \value
	cmp	GATE(CONTROL), \value
	jne	\prefix\()to_host
	stmxcsr	RECORD_MXCSR(\record)
	mov	RECORD_MXCSR(\record), \value
	and	$MXCSR_CONTROL, \value
	cmp	GATE(MXCSR), \value
	je	\prefix\()guest_read
	jmp	\prefix\()to_host
	.endm

	/* Without GATE_NEVER, gate.mxcsr was the guest's on the way in. */
	.macro	compare_host record, prefix
\prefix\()host_differs:
	testl	$GATE_NEVER, RECORD_CONTROL(\record)
	jnz	\prefix\()to_guest
	cmp	RECORD_CONTROL(\record), %cx
	jne	\prefix\()to_guest
	stmxcsr	RECORD_NOW(\record)
	mov	RECORD_NOW(\record), %ecx
	and	$MXCSR_CONTROL, %ecx
	cmp	GATE(MXCSR), %ecx
	je	\prefix\()at_guest
	jmp	\prefix\()to_guest
	.endm

	/*
	 * On the way to gate_to_host: the guest may have an unmasked x87 exception
	 * pending, which the next load of a control word would raise. It is the guest's:
	 * `undo` goes back to the state at the call and raises it there.
	 */
	.macro	check_x87 record, undo
	fnstsw	RECORD_NOW(\record)
	testb	$X86_X87_PENDING, RECORD_NOW(\record)
	jnz	\undo
	.endm

	/* The stack pointer points to the guest's return address, and every register that
	   the call preserves or that holds an argument is the guest's. */
	.macro	raise_x87
.Lraise:
	fwait
.Lraised:
	ud2				/* never: nothing clears the exception */
	code_range CODE_GUEST, .Lraise, .Lraised
	.endm

	/* Where the gate stops. RBP, or EBP, points to a frame for `.Lentry_fault`. */
	.macro	gate_faults
.Lthread_fault:				/* the handler finds the segment changed */
	ud2
.Lentry_fault:				/* the guest has left its callback by longjmp */
	stop	OUTCOME_CALLBACK_LEFT
.Lexit_fault:				/* a host function returned out of order */
	stop	OUTCOME_HOST_ORDER
	.endm

/* clang-format on */
#endif
#endif
