/*
 * The gate inside the virtual machine, on x86-64. A thunk jumps here with the import's
 * index in R11. Every other register, and the stack from 8(%rsp) on, may hold an
 * argument. The gate writes them to a frame on the guest's stack (calls/call_frame.h) and
 * rings; the host leaves results there. All of its state is on the guest's stack, so an
 * interrupt may be delivered at any instruction.
 */
#include "common/asm_x86.h"
#include "kvm/calls/call_offsets.h"
#include "kvm/inside/doorbell.h"

#define BELL(number) number + inside_doorbell(%rip)

	.macro	vectors_out move, class, bytes
	\move	%\class\()0, CALL_VECTORS + 0 * \bytes(%rsp)
	\move	%\class\()1, CALL_VECTORS + 1 * \bytes(%rsp)
	\move	%\class\()2, CALL_VECTORS + 2 * \bytes(%rsp)
	\move	%\class\()3, CALL_VECTORS + 3 * \bytes(%rsp)
	\move	%\class\()4, CALL_VECTORS + 4 * \bytes(%rsp)
	\move	%\class\()5, CALL_VECTORS + 5 * \bytes(%rsp)
	\move	%\class\()6, CALL_VECTORS + 6 * \bytes(%rsp)
	\move	%\class\()7, CALL_VECTORS + 7 * \bytes(%rsp)
	.endm

	/*
	 * Calls guest code for a host function: R11 is the callback's frame, which has
	 * the registers, and names the gate's frame and the way back there.
	 */
	.macro	callback name, move, class, bytes
	.balign	64
FUNC(\name)
	mov	%rbx, CALL_SAVED(%r11)
	mov	%r11, %rbx
	mov	CALL_AX(%rbx), %rax
	mov	CALL_DI(%rbx), %rdi
	mov	CALL_SI(%rbx), %rsi
	mov	CALL_DX(%rbx), %rdx
	mov	CALL_CX(%rbx), %rcx
	mov	CALL_R8(%rbx), %r8
	mov	CALL_R9(%rbx), %r9
	\move	CALL_VECTORS + 0 * \bytes(%rbx), %\class\()0
	\move	CALL_VECTORS + 1 * \bytes(%rbx), %\class\()1
	\move	CALL_VECTORS + 2 * \bytes(%rbx), %\class\()2
	\move	CALL_VECTORS + 3 * \bytes(%rbx), %\class\()3
	\move	CALL_VECTORS + 4 * \bytes(%rbx), %\class\()4
	\move	CALL_VECTORS + 5 * \bytes(%rbx), %\class\()5
	\move	CALL_VECTORS + 6 * \bytes(%rbx), %\class\()6
	\move	CALL_VECTORS + 7 * \bytes(%rbx), %\class\()7
	mov	CALL_NEXT(%rbx), %rsp
	call	*CALL_TARGET(%rbx)
	cmp	%rsp, CALL_NEXT(%rbx)
	jne	.Lorder\@
	mov	%rax, CALL_AX(%rbx)
	mov	%rdx, CALL_DX(%rbx)
	\move	%\class\()0, CALL_VECTORS(%rbx)
	\move	%\class\()1, CALL_VECTORS + \bytes(%rbx)
	movl	$0, CALL_X87(%rbx)
	fxam				/* does ST(0) hold a result? */
	fnstsw	%ax
	and	$0x4500, %ax
	cmp	$0x4100, %ax
	je	.Lempty\@
	fstpt	CALL_ST(%rbx)
	movl	$1, CALL_X87(%rbx)
.Lempty\@:
	mov	CALL_INDEX(%rbx), %rsp
	mov	CALL_RETURN(%rbx), %r11
	mov	CALL_SAVED(%rbx), %rbx
	mov	%rsp, BELL(DOORBELL_CALLED)
	jmp	*%r11
.Lorder\@:				/* it returned with another stack */
	stop	OUTCOME_CALLBACK_ORDER
END(\name)
	.endm

	.macro	gate name, move, class, bytes
	.balign	64
FUNC(\name)
	push_frame
	sub	$CALL_VECTORS + 8 * \bytes, %rsp
	mov	%r11, CALL_INDEX(%rsp)
	mov	%rax, CALL_AX(%rsp)
	mov	%rdi, CALL_DI(%rsp)
	mov	%rsi, CALL_SI(%rsp)
	mov	%rdx, CALL_DX(%rsp)
	mov	%rcx, CALL_CX(%rsp)
	mov	%r8, CALL_R8(%rsp)
	mov	%r9, CALL_R9(%rsp)
	mov	%r10, CALL_R10(%rsp)
	vectors_out \move, \class, \bytes
	mov	%rsp, BELL(DOORBELL_CALL)
.Lanswer\@:
	cmpq	$0, CALL_NEXT(%rsp)
	jne	.Lcallback\@
	mov	CALL_AX(%rsp), %rax
	mov	CALL_DX(%rsp), %rdx
	\move	CALL_VECTORS(%rsp), %\class\()0
	\move	CALL_VECTORS + \bytes(%rsp), %\class\()1
	cmpl	$0, CALL_X87(%rsp)
	jne	.Lx87\@
.Lout\@:
	mov	%rbp, %rsp
	.cfi_remember_state
	pop_frame
	ret
	.cfi_restore_state
.Lx87\@:
	fldt	CALL_ST(%rsp)
	jmp	.Lout\@

.Lcallback\@:				/* CALL_NEXT is the callback's frame */
	mov	CALL_NEXT(%rsp), %r11
	lea	.Lanswer\@(%rip), %rax
	mov	%rax, CALL_RETURN(%r11)
	cmpl	$32, CALL_X87(%r11)	/* bytes of a vector register */
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

	/* The way to a watched function that runs inside: all of them take integers only.
	   The host names it, or has made its result. */
	.balign	64
FUNC(inside_watched)
	push_frame
	sub	$CALL_VECTORS, %rsp
	mov	%r11, CALL_INDEX(%rsp)
	mov	%rax, CALL_AX(%rsp)
	mov	%rdi, CALL_DI(%rsp)
	mov	%rsi, CALL_SI(%rsp)
	mov	%rdx, CALL_DX(%rsp)
	mov	%rcx, CALL_CX(%rsp)
	mov	%r8, CALL_R8(%rsp)
	mov	%r9, CALL_R9(%rsp)
	mov	%rsp, BELL(DOORBELL_WATCHED)
	cmpq	$0, CALL_TARGET(%rsp)
	je	.Lmade
	mov	CALL_DI(%rsp), %rdi
	mov	CALL_SI(%rsp), %rsi
	mov	CALL_DX(%rsp), %rdx
	mov	CALL_CX(%rsp), %rcx
	mov	CALL_R8(%rsp), %r8
	mov	CALL_R9(%rsp), %r9
	call	*CALL_TARGET(%rsp)
	mov	%rax, CALL_AX(%rsp)
	mov	%rdx, CALL_DX(%rsp)
	mov	%rsp, BELL(DOORBELL_RETURNED)
.Lmade:
	mov	CALL_AX(%rsp), %rax
	mov	CALL_DX(%rsp), %rdx
	mov	%rbp, %rsp
	pop_frame
	ret
END(inside_watched)

	/* The guest's __external_resolver: R11 is the address of the table's entry. */
	.balign	16
FUNC(inside_bind)
	endbr64
	mov	%r11, BELL(DOORBELL_BIND)
	ret
END(inside_bind)

	/* The return address of the guest's entry. */
ROOT_FUNC(inside_returned)
	.cfi_undefined %rip
	mov	%rax, BELL(DOORBELL_EXIT)
	ud2
END(inside_returned)

	/* Before the guest starts, to measure an exit. */
	.balign	16
ROOT_FUNC(inside_ping)
	.cfi_undefined %rip
	mov	%rax, BELL(DOORBELL_PING)
	jmp	inside_ping
END(inside_ping)

	.section .note.GNU-stack,"",@progbits
