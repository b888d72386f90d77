/*
 * The two ways of a traced call on i386. A thunk has pushed the function, and jumps here:
 *
 *   (%esp) the function, return address, arguments
 *
 * EAX, ECX and EDX may hold arguments as well. Interrupts may come at any instruction, as
 * in a direct function. See trace_ways.h.
 */
#include "common/asm_x86.h"
#include "process/trace/trace_call_offsets.h"
#include "vcpu/registers.h"

/* A field of the frame. EBP points to its `bp`. */
#define CALL(FIELD) CALL_##FIELD - CALL_BP(%ebp)
#define GENERAL(n)  CALL_GENERAL - CALL_BP + 4 * n(%ebp)
#define STACK	    CALL_SAVED - CALL_BP(%ebp)	   /* at the call of the function */
#define POPPED	    CALL_SAVED - CALL_BP + 4(%ebp) /* bytes that it took off */
#define FUNCTION    CALL_FUNCTION - CALL_BP(%ebp)
#define RET	    (CALL_RET - CALL_BP)
#define ARGUMENTS   (RET + 4)

	/* Makes the frame, without its contents. */
	.macro	begin_call
	.cfi_def_cfa %esp, 8
	push_saved %ebp
	mov	%esp, %ebp
	.cfi_def_cfa_register %ebp
	sub	$CALL_BP, %esp
	.endm

	/* Calls C with the frame, on a stack aligned to 16. Changes EAX, ECX and EDX. */
	.macro	call_c function
	and	$-16, %esp
	sub	$12, %esp
	lea	-CALL_BP(%ebp), %eax
	push	%eax
	call	\function
	.endm

	.macro	enter_call function
	begin_call
	fnstsw	CALL(X87)
	testb	$X86_X87_PENDING, CALL(X87)
	jnz	.Lpending
	mov	%eax, GENERAL(0)
	mov	%edx, GENERAL(1)
	mov	%ecx, GENERAL(2)
	call_c	\function
	cmp	$-1, %eax
	je	.Lskip
	.endm

	/* Returns with the frame's result, and takes POPPED bytes of arguments off. */
	.macro	return_to_caller
	mov	POPPED, %ecx
	mov	RET(%ebp), %eax
	mov	%eax, RET(%ebp, %ecx)
	lea	RET(%ebp, %ecx), %ecx
	mov	GENERAL(0), %eax
	mov	GENERAL(1), %edx
	.cfi_remember_state
	.cfi_def_cfa %ecx, 4
	/* DW_CFA_expression: register 5 (EBP), 2 bytes: DW_OP_breg5 0 */
	.cfi_escape 0x10, 5, 2, 0x75, 0
	mov	(%ebp), %ebp
	.cfi_restore %ebp
	mov	%ecx, %esp
	.cfi_def_cfa_register %esp
	ret
	.cfi_restore_state
	.endm

	.text
	.balign	64
FUNC(jumpslot_trace_copied)
	enter_call trace_enter
	sub	%eax, %esp
	and	$-64, %esp		/* the largest alignment of an argument */
	mov	%eax, %ecx
	test	%ecx, %ecx
	jz	.Lcall
.Lcopy:
	mov	ARGUMENTS - 4(%ebp, %ecx), %edx
	mov	%edx, -4(%esp, %ecx)
	sub	$4, %ecx
	jnz	.Lcopy
.Lcall:
	mov	%esp, STACK
	mov	FUNCTION, %ecx
	mov	TRACED_TARGET(%ecx), %ecx
	mov	%ecx, POPPED		/* its place, until the function returns */
	mov	GENERAL(0), %eax
	mov	GENERAL(1), %edx
	mov	GENERAL(2), %ecx
	call	*POPPED
HIDDEN(jumpslot_trace_returned)
	mov	%eax, GENERAL(0)
	mov	%edx, GENERAL(1)
	mov	%esp, %ecx
	sub	STACK, %ecx
	mov	%ecx, POPPED
	mov	FUNCTION, %ecx
	cmpl	$0, TRACED_X87(%ecx)
	je	.Lleave
	fld	%st(0)
	fstpt	CALL(X87)
.Lleave:
	call_c	trace_leave
	return_to_caller
.Lskip:					/* the frame holds the result */
	mov	FUNCTION, %ecx
	cmpl	$0, TRACED_X87(%ecx)
	je	.Lmade
	fldt	CALL(X87)
.Lmade:
	return_to_caller
END(jumpslot_trace_copied)

	/* The guest has an unmasked x87 exception pending, which the gate or the function
	   would raise: raise it where the guest calls. */
LOCAL_FUNC(trace_pending)
	.cfi_def_cfa %ebp, 12
	.cfi_offset %ebp, -12
.Lpending:
	mov	%ebp, %esp
	pop	%ebp
	.cfi_def_cfa %esp, 8
	.cfi_restore %ebp
	lea	4(%esp), %esp
	.cfi_def_cfa_offset 4
.Lraise:
	fwait
.Lraised:
	ud2				/* never: nothing clears the exception */
	code_range CODE_GUEST, .Lraise, .Lraised
END(trace_pending)

	.balign	64
FUNC(jumpslot_trace_in_place)
	enter_call trace_enter_in_place
	mov	FUNCTION, %ecx
	mov	TRACED_TARGET(%ecx), %ecx
	mov	%ecx, FUNCTION		/* the thunk's word: jump by a return */
	mov	GENERAL(0), %eax
	mov	GENERAL(1), %edx
	mov	GENERAL(2), %ecx
	mov	%ebp, %esp
	pop	%ebp
	.cfi_def_cfa %esp, 8
	.cfi_restore %ebp
	ret
END(jumpslot_trace_in_place)

	/* The function returns to here instead of to its caller, whose address is in a
	   table. It may have taken arguments off. */
ROOT_FUNC(jumpslot_trace_returned_in_place)
	.cfi_def_cfa %esp, 0
	.cfi_undefined %eip
	sub	$8, %esp		/* return address and function */
	begin_call
	mov	%eax, GENERAL(0)
	mov	%edx, GENERAL(1)
	movl	$0, POPPED
	call_c	trace_leave_in_place
	return_to_caller
END(jumpslot_trace_returned_in_place)

	.section .note.GNU-stack,"",@progbits
