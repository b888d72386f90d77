/*
 * The two ways of a traced call on x86-64. A thunk jumps here with the function in R11.
 * Every other register, and the stack from 8(%rsp) on, may hold an argument. Interrupts
 * may come at any instruction, as in a direct function. See trace_ways.h.
 */
#include "common/asm_x86.h"
#include "process/trace/trace_call_offsets.h"
#include "vcpu/registers.h"

/* A field of the frame. RBP points to its `bp`. */
#define CALL(FIELD) CALL_##FIELD - CALL_BP(%rbp)
#define GENERAL(n)  CALL_GENERAL - CALL_BP + 8 * n(%rbp)
#define VECTOR(n)   CALL_VECTORS - CALL_BP + 8 * n(%rbp)
#define FUNCTION    CALL_FUNCTION - CALL_BP(%rbp)
#define ARGUMENTS   (CALL_RET - CALL_BP + 8)
/* The stack is aligned to 16 below it. */
#define ROOM ((CALL_BP + 23) / 16 * 16 - 8)

	/* Makes the frame of the function in R11, without its contents. */
	.macro	begin_call
	push_cfi %r11
	push_saved %rbp
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	sub	$ROOM, %rsp
	.endm

	.macro	end_call
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa %rsp, 16
	.cfi_restore %rbp
	lea	8(%rsp), %rsp
	.cfi_def_cfa_offset 8
	.endm

	/* Begins the frame, and calls C with it. RAX is then the answer. */
	.macro	enter_call function
	begin_call
	fnstsw	CALL(X87)
	testb	$X86_X87_PENDING, CALL(X87)
	jnz	.Lpending
	mov	%rdi, GENERAL(0)
	mov	%rsi, GENERAL(1)
	mov	%rdx, GENERAL(2)
	mov	%rcx, GENERAL(3)
	mov	%r8, GENERAL(4)
	mov	%r9, GENERAL(5)
	mov	%rax, GENERAL(6)
	mov	%r10, GENERAL(7)
	movq	%xmm0, VECTOR(0)
	movq	%xmm1, VECTOR(1)
	movq	%xmm2, VECTOR(2)
	movq	%xmm3, VECTOR(3)
	movq	%xmm4, VECTOR(4)
	movq	%xmm5, VECTOR(5)
	movq	%xmm6, VECTOR(6)
	movq	%xmm7, VECTOR(7)
	lea	-CALL_BP(%rbp), %rdi
	call	\function
	cmp	$-1, %rax
	je	.Lskip
	.endm

	/* Restores the registers that hold arguments. R11 is the function then. */
	.macro	restore_arguments
	mov	GENERAL(0), %rdi
	mov	GENERAL(1), %rsi
	mov	GENERAL(2), %rdx
	mov	GENERAL(3), %rcx
	mov	GENERAL(4), %r8
	mov	GENERAL(5), %r9
	mov	GENERAL(6), %rax
	mov	GENERAL(7), %r10
	mov	FUNCTION, %r11
	.endm

	/* Calls C with the result in the frame, and restores it. Vectors and x87
	   registers stay as they are. */
	.macro	leave_call function
	mov	%rax, GENERAL(6)
	mov	%rdx, GENERAL(2)
	movq	%xmm0, VECTOR(0)
	movq	%xmm1, VECTOR(1)
	lea	-CALL_BP(%rbp), %rdi
	call	\function
	mov	GENERAL(6), %rax
	mov	GENERAL(2), %rdx
	.endm

	.text
	.balign	64
FUNC(jumpslot_trace_copied)
	enter_call trace_enter
	sub	%rax, %rsp
	and	$-64, %rsp		/* the largest alignment of an argument */
	mov	%rax, %r11
	test	%r11, %r11
	jz	.Lcall
.Lcopy:
	mov	ARGUMENTS - 8(%rbp, %r11), %rax
	mov	%rax, -8(%rsp, %r11)
	sub	$8, %r11
	jnz	.Lcopy
.Lcall:
	restore_arguments
	call	*TRACED_TARGET(%r11)
HIDDEN(jumpslot_trace_returned)
	mov	FUNCTION, %r11
	cmpq	$0, TRACED_X87(%r11)
	je	.Lleave
	fld	%st(0)
	fstpt	CALL(X87)
.Lleave:
	leave_call trace_leave
	.cfi_remember_state
	end_call
	ret
	.cfi_restore_state
.Lskip:					/* the frame holds the result */
	mov	FUNCTION, %r11
	cmpq	$0, TRACED_X87(%r11)
	je	.Lmade
	fldt	CALL(X87)
.Lmade:
	movq	VECTOR(0), %xmm0
	mov	GENERAL(6), %rax
	mov	GENERAL(2), %rdx
	end_call
	ret
END(jumpslot_trace_copied)

	/* The guest has an unmasked x87 exception pending, which the gate or the function
	   would raise: raise it where the guest calls. */
LOCAL_FUNC(trace_pending)
	.cfi_def_cfa %rbp, 24
	.cfi_offset %rbp, -24
.Lpending:
	end_call
.Lraise:
	fwait
.Lraised:
	ud2				/* never: nothing clears the exception */
	code_range CODE_GUEST, .Lraise, .Lraised
END(trace_pending)

	.balign	64
FUNC(jumpslot_trace_in_place)
	enter_call trace_enter_in_place
	restore_arguments
	end_call
	jmp	*TRACED_TARGET(%r11)
END(jumpslot_trace_in_place)

	/* The function returns to here instead of to its caller, whose address is in a
	   table: what the frame holds of it until then is not a return address. */
ROOT_FUNC(jumpslot_trace_returned_in_place)
	.cfi_def_cfa %rsp, 0
	.cfi_undefined %rip
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	begin_call
	leave_call trace_leave_in_place
	end_call
	ret
END(jumpslot_trace_returned_in_place)

	.section .note.GNU-stack,"",@progbits
