/*
 * From the frame of a trapped call to the host function, and from a host function to a
 * callback's frame, on x86-64. See calls/host_call.h.
 */
#include "common/asm_x86.h"
#include "kvm/calls/call_offsets.h"

	.macro	load_vectors from, move, class, bytes
	\move	CALL_VECTORS + 0 * \bytes(\from), %\class\()0
	\move	CALL_VECTORS + 1 * \bytes(\from), %\class\()1
	\move	CALL_VECTORS + 2 * \bytes(\from), %\class\()2
	\move	CALL_VECTORS + 3 * \bytes(\from), %\class\()3
	\move	CALL_VECTORS + 4 * \bytes(\from), %\class\()4
	\move	CALL_VECTORS + 5 * \bytes(\from), %\class\()5
	\move	CALL_VECTORS + 6 * \bytes(\from), %\class\()6
	\move	CALL_VECTORS + 7 * \bytes(\from), %\class\()7
	.endm

	.macro	store_vectors to, move, class, bytes
	\move	%\class\()0, CALL_VECTORS + 0 * \bytes(\to)
	\move	%\class\()1, CALL_VECTORS + 1 * \bytes(\to)
	\move	%\class\()2, CALL_VECTORS + 2 * \bytes(\to)
	\move	%\class\()3, CALL_VECTORS + 3 * \bytes(\to)
	\move	%\class\()4, CALL_VECTORS + 4 * \bytes(\to)
	\move	%\class\()5, CALL_VECTORS + 5 * \bytes(\to)
	\move	%\class\()6, CALL_VECTORS + 6 * \bytes(\to)
	\move	%\class\()7, CALL_VECTORS + 7 * \bytes(\to)
	.endm

	/* RDI frame, RSI function, RDX stack arguments, RCX their bytes, R8 an alignment:
	   they are copied to the same offset of it, which keeps the guest's up to it. */
	.macro	host_call name, move, class, bytes
	.balign	16
FUNC(\name)
	push_frame
	push	%rbx
	push	%r12
	push	%r13
	push	%r13			/* keeps the stack aligned */
	.cfi_offset %rbx, -24
	.cfi_offset %r12, -32
	.cfi_offset %r13, -40
	mov	%rdi, %rbx
	mov	%rsi, %r12
	sub	%rcx, %rsp
	sub	%r8, %rsp
	mov	%r8, %rax
	neg	%rax
	and	%rax, %rsp
	lea	-16(%r8), %rax
	and	%rdx, %rax
	add	%rax, %rsp
	mov	%rdx, %rsi
	mov	%rsp, %rdi
	rep movsb
	load_vectors %rbx, \move, \class, \bytes
	mov	CALL_AX(%rbx), %rax
	mov	CALL_DI(%rbx), %rdi
	mov	CALL_SI(%rbx), %rsi
	mov	CALL_DX(%rbx), %rdx
	mov	CALL_CX(%rbx), %rcx
	mov	CALL_R8(%rbx), %r8
	mov	CALL_R9(%rbx), %r9
	mov	CALL_R10(%rbx), %r10
	mov	%rsp, %r13
	call	*%r12
	cmp	%rsp, %r13
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
	lea	-24(%rbp), %rsp
	pop	%r13
	pop	%r12
	pop	%rbx
	.cfi_remember_state
	pop_frame
	ret
	.cfi_restore_state
.Lorder\@:				/* it returned with another stack */
	and	$-16, %rsp
	call	calls_end_out_of_order
END(\name)
	.endm

	/* Part of jumpslot_guest_entry: RSP holds a frame, R10 the callee. */
	.macro	callback move, class, bytes
	store_vectors %rsp, \move, \class, \bytes
	mov	%rsp, %rdi
	mov	%r10, %rsi
	lea	16(%rbp), %rdx		/* arguments on the stack */
	call	callback_run
	\move	CALL_VECTORS(%rsp), %\class\()0
	\move	CALL_VECTORS + \bytes(%rsp), %\class\()1
	jmp	.Lcalled_back
	.endm

	.text
	host_call host_call_sse, movups, xmm, 16
	host_call host_call_avx, vmovups, ymm, 32
	host_call host_call_avx3, vmovups, zmm, 64

	/* R10 is the callee; all else is as for the guest's function. */
	.balign	64
EXPORTED_FUNC(jumpslot_guest_entry)
	endbr64
	push_frame
	sub	$CALL_COPY_SIZE, %rsp
	mov	%rax, CALL_AX(%rsp)
	mov	%rdi, CALL_DI(%rsp)
	mov	%rsi, CALL_SI(%rsp)
	mov	%rdx, CALL_DX(%rsp)
	mov	%rcx, CALL_CX(%rsp)
	mov	%r8, CALL_R8(%rsp)
	mov	%r9, CALL_R9(%rsp)
	mov	callback_vector_bytes(%rip), %eax
	cmp	$32, %eax
	je	.Lavx
	ja	.Lavx3
	callback movups, xmm, 16
.Lavx:
	callback vmovups, ymm, 32
.Lavx3:
	callback vmovups, zmm, 64
.Lcalled_back:
	mov	CALL_AX(%rsp), %rax
	mov	CALL_DX(%rsp), %rdx
	cmpl	$0, CALL_X87(%rsp)
	je	.Lno_x87
	fldt	CALL_ST(%rsp)
.Lno_x87:
	mov	%rbp, %rsp
	pop_frame
	ret
END(jumpslot_guest_entry)

	.section .note.GNU-stack,"",@progbits
