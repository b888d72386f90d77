/*
 * The gate inside the virtual machine, on i386. A thunk has pushed EBP and the import's
 * index, and jumps here:
 *
 *   (%esp) the index, the caller's EBP, return address, arguments
 *
 * EAX, ECX, EDX and vector registers may hold arguments as well. The gate writes them to
 * a frame on the guest's stack (calls/call_frame.h) and rings; the host leaves results
 * there. All of its state is on the guest's stack, so an interrupt may be delivered at
 * any instruction.
 */
#include "common/asm_i386.h"
#include "kvm/calls/call_offsets.h"
#include "kvm/inside/doorbell.h"

	/*
	 * Calls guest code for a host function: ECX is the callback's frame, which has
	 * the registers, and names the gate's frame and the way back there. The word
	 * below the gate's frame is the host's: nothing is pushed there.
	 */
	.macro	callback name, move, class, bytes
	.balign	64
FUNC(\name)
	mov	%ebx, CALL_SAVED(%ecx)
	mov	%ecx, %ebx
	mov	CALL_AX(%ebx), %eax
	mov	CALL_DX(%ebx), %edx
	\move	CALL_VECTORS + 0 * \bytes(%ebx), %\class\()0
	\move	CALL_VECTORS + 1 * \bytes(%ebx), %\class\()1
	\move	CALL_VECTORS + 2 * \bytes(%ebx), %\class\()2
	mov	CALL_NEXT(%ebx), %esp
	call	*CALL_TARGET(%ebx)
	mov	%esp, %ecx
	sub	CALL_NEXT(%ebx), %ecx
	cmp	$4, %ecx		/* popped: nothing, or where the result goes */
	ja	.Lorder\@
	mov	%eax, CALL_AX(%ebx)
	mov	%edx, CALL_DX(%ebx)
	\move	%\class\()0, CALL_VECTORS(%ebx)
	movl	$0, CALL_X87(%ebx)
	fxam				/* does ST(0) hold a result? */
	fnstsw	%ax
	and	$0x4500, %ax
	cmp	$0x4100, %ax
	je	.Lempty\@
	fstpt	CALL_ST(%ebx)
	movl	$1, CALL_X87(%ebx)
.Lempty\@:
	find	inside_doorbell, %edx
	mov	CALL_RETURN(%ebx), %ecx
	mov	CALL_INDEX(%ebx), %esp
	mov	CALL_SAVED(%ebx), %ebx
	mov	%esp, DOORBELL_CALLED(%edx)
	jmp	*%ecx
.Lorder\@:				/* it returned with another stack */
	stop	OUTCOME_CALLBACK_ORDER
END(\name)
	.endm

	.macro	gate name, move, class, bytes
	.balign	64
FUNC(\name)
	.cfi_def_cfa %esp, 12
	.cfi_offset %ebp, -8
	lea	4(%esp), %ebp
	.cfi_def_cfa %ebp, 8
	sub	$CALL_VECTORS + 3 * \bytes - 4, %esp
	mov	%eax, CALL_AX(%esp)
	mov	%edx, CALL_DX(%esp)
	mov	%ecx, CALL_CX(%esp)
	mov	-4(%ebp), %eax		/* a vector takes its place */
	mov	%eax, CALL_INDEX(%esp)
	\move	%\class\()0, CALL_VECTORS + 0 * \bytes(%esp)
	\move	%\class\()1, CALL_VECTORS + 1 * \bytes(%esp)
	\move	%\class\()2, CALL_VECTORS + 2 * \bytes(%esp)
	call	.Lhere\@
.Lhere\@:
	pop	%ecx
	mov	%ecx, CALL_SAVED(%esp)
	mov	%esp, DOORBELL_CALL + inside_doorbell - .Lhere\@(%ecx)
.Lanswer\@:
	cmpl	$0, CALL_NEXT(%esp)
	jne	.Lcallback\@
	cmpl	$0, CALL_X87(%esp)
	jne	.Lx87\@
.Lloaded\@:
	mov	CALL_POPPED(%esp), %ecx
	test	%ecx, %ecx
	jnz	.Lpop\@
.Lout\@:
	mov	CALL_AX(%esp), %eax
	mov	CALL_DX(%esp), %edx
	\move	CALL_VECTORS(%esp), %\class\()0
	mov	%ebp, %esp
	.cfi_remember_state
	pop_frame
	ret
	.cfi_restore_state
.Lx87\@:
	fldt	CALL_ST(%esp)
	jmp	.Lloaded\@

	/* The function popped its arguments: the frame moves up by as much. */
.Lpop\@:
	add	%ebp, %ecx
	mov	4(%ebp), %eax
	mov	(%ebp), %edx
	mov	%eax, 4(%ecx)
	mov	%edx, (%ecx)
	.cfi_def_cfa %ecx, 8
	mov	%ecx, %ebp
	.cfi_def_cfa %ebp, 8
	jmp	.Lout\@

.Lcallback\@:				/* CALL_NEXT is the callback's frame */
	mov	CALL_NEXT(%esp), %ecx
	mov	CALL_SAVED(%esp), %eax
	lea	.Lanswer\@ - .Lhere\@(%eax), %eax
	mov	%eax, CALL_RETURN(%ecx)
	cmpl	$32, CALL_X87(%ecx)	/* bytes of a vector register */
	je	inside_callback_avx
	ja	inside_callback_avx3
	jmp	inside_callback
END(\name)
	.endm

	.text
	gate	inside_gate, movups, xmm, 16
	gate	inside_gate_avx, vmovups, ymm, 32
	gate	inside_gate_avx3, vmovups, zmm, 64
	callback inside_callback, movups, xmm, 16
	callback inside_callback_avx, vmovups, ymm, 32
	callback inside_callback_avx3, vmovups, zmm, 64

	/* The way to a watched function that runs inside: all of them take integers on
	   the stack, of 24 bytes at most. The host names the function, or has made
	   its result. */
	.balign	64
FUNC(inside_watched)
	.cfi_def_cfa %esp, 12
	.cfi_offset %ebp, -8
	lea	4(%esp), %ebp
	.cfi_def_cfa %ebp, 8
	sub	$CALL_VECTORS - 4, %esp
	mov	-4(%ebp), %eax
	mov	%eax, CALL_INDEX(%esp)
	find	inside_doorbell, %ecx
	mov	%esp, DOORBELL_WATCHED(%ecx)
	cmpl	$0, CALL_TARGET(%esp)
	je	.Lmade
	and	$-16, %esp
	sub	$8, %esp
	pushl	28(%ebp)
	pushl	24(%ebp)
	pushl	20(%ebp)
	pushl	16(%ebp)
	pushl	12(%ebp)
	pushl	8(%ebp)
	call	*CALL_TARGET - CALL_VECTORS(%ebp)
	lea	-CALL_VECTORS(%ebp), %esp
	mov	%eax, CALL_AX(%esp)
	mov	%edx, CALL_DX(%esp)
	find	inside_doorbell, %ecx
	mov	%esp, DOORBELL_RETURNED(%ecx)
.Lmade:
	mov	CALL_AX(%esp), %eax
	mov	CALL_DX(%esp), %edx
	mov	%ebp, %esp
	pop_frame
	ret
END(inside_watched)

	/* The guest's __external_resolver: the address of the table's entry is on the
	   stack, and is popped. Every register may hold an argument. */
	.balign	16
FUNC(inside_bind)
	endbr32
	push_cfi %eax
	push_cfi %ecx
	mov	12(%esp), %eax
	find	inside_doorbell, %ecx, WORD
	mov	%eax, DOORBELL_BIND(%ecx)
	pop_cfi	%ecx
	pop_cfi	%eax
	ret	$4
END(inside_bind)

	/* The return address of the guest's entry. */
ROOT_FUNC(inside_returned)
	.cfi_undefined %eip
	find	inside_doorbell, %ecx
	mov	%eax, DOORBELL_EXIT(%ecx)
	ud2
END(inside_returned)

	/* Before the guest starts, to measure an exit. The address is in ECX from the
	   start, as there is no stack. The instructions before show whether the machine
	   has x87 and SSE: one that emulates them may not. */
	.balign	16
ROOT_FUNC(inside_ping)
	.cfi_undefined %eip
	fld1
	fstp	%st(0)
	pxor	%xmm0, %xmm0
.Lagain:
	mov	%eax, DOORBELL_PING(%ecx)
	jmp	.Lagain
END(inside_ping)

	.section .note.GNU-stack,"",@progbits
