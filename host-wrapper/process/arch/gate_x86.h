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
	 * Notes the guest's floating-point control in the record, and jumps to `adjust`
	 * if it differs from the host's or the function needs more. `function` and
	 * `value`: one register and its lower 32 bits; both change, and `function` holds
	 * the function before. Reading MXCSR takes longer than all the rest: the gate
	 * reads it only where the guest can have changed it (read_mxcsr).
	 */
	.macro	enter_host record, function, value, prefix
	mov	THREAD, \function	/* did the guest change the host's segment? */
	cmp	GATE(THREAD), \function
	jne	.Lthread_fault
	fnstcw	RECORD_CONTROL(\record)
	mov	GATE(KNOWN), \value
	mov	\value, RECORD_MXCSR(\record)
	test	\value, \value
	jz	\prefix\()read_guest
\prefix\()guest_read:
	mov	RECORD_FUNCTION(\record), \function
	mov	FUNCTION_FORCE(\function), \value
	or	RECORD_MXCSR(\record), \value
	and	$GATE_FORCED | MXCSR_CONTROL, \value
	mov	\value, RECORD_EXPECTED(\record)
	cmp	GATE(EXPECTED), \value
	jne	\prefix\()to_host
	movzwl	RECORD_CONTROL(\record), \value
	cmp	GATE(CONTROL), \value
	jne	\prefix\()to_host
	.endm

	/*
	 * Jumps to `to_guest` if the host left another floating-point control than the
	 * record's, or left it to the host's own functions to change it. Changes ECX. A
	 * function that keeps MXCSR has that of the way in, which was the guest's.
	 */
	.macro	leave_host record, prefix
	mov	RECORD_FUNCTION(\record), REG(cx)
	cmpb	$0, FUNCTION_KEEPS_MXCSR(REG(cx))
	je	\prefix\()read_host
	testl	$GATE_NEVER, RECORD_EXPECTED(\record)
	jnz	\prefix\()to_guest
\prefix\()host_read:
	fnstcw	RECORD_NOW(\record)
	movzwl	RECORD_NOW(\record), %ecx
	cmp	RECORD_CONTROL(\record), %cx
	jne	\prefix\()to_guest
	.endm

	/* The parts of enter_host and leave_host that read MXCSR. */
	.macro	read_mxcsr record, prefix
\prefix\()read_guest:
	stmxcsr	RECORD_MXCSR(\record)
	jmp	\prefix\()guest_read
\prefix\()read_host:
	stmxcsr	RECORD_NOW(\record)
	mov	RECORD_NOW(\record), %ecx
	and	$MXCSR_CONTROL, %ecx
	cmp	RECORD_EXPECTED(\record), %ecx
	je	\prefix\()host_read
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
