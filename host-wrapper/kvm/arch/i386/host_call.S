/*
 * From the frame of a trapped call to the host function, and from a host function to a
 * callback's frame, on i386. See calls/host_call.h.
 */
#include "common/asm_i386.h"
#include "kvm/calls/call_offsets.h"

	.macro	load_vectors from, move, class, bytes
	\move	CALL_VECTORS + 0 * \bytes(\from), %\class\()0
	\move	CALL_VECTORS + 1 * \bytes(\from), %\class\()1
	\move	CALL_VECTORS + 2 * \bytes(\from), %\class\()2
	.endm

	.macro	store_vectors to, move, class, bytes
	\move	%\class\()0, CALL_VECTORS + 0 * \bytes(\to)
	\move	%\class\()1, CALL_VECTORS + 1 * \bytes(\to)
	\move	%\class\()2, CALL_VECTORS + 2 * \bytes(\to)
	.endm

	/* On the stack: frame, function, stack arguments, their bytes, an alignment: they
	   are copied to the same offset of it, which keeps the guest's up to it. */
	.macro	host_call name, move, class, bytes
	.balign	16
FUNC(\name)
	push_frame
	push	%ebx
	push	%esi
	push	%edi
	.cfi_offset %ebx, -12
	.cfi_offset %esi, -16
	.cfi_offset %edi, -20
	mov	8(%ebp), %ebx
	mov	16(%ebp), %esi
	mov	20(%ebp), %ecx
	mov	24(%ebp), %edx
	sub	%ecx, %esp
	sub	%edx, %esp
	mov	%edx, %eax
	neg	%eax
	and	%eax, %esp
	lea	-16(%edx), %eax
	and	%esi, %eax
	add	%eax, %esp
	mov	%esp, %edi
	rep movsb
	load_vectors %ebx, \move, \class, \bytes
	mov	CALL_AX(%ebx), %eax
	mov	CALL_DX(%ebx), %edx
	mov	CALL_CX(%ebx), %ecx
	mov	%esp, %edi
	call	*12(%ebp)
	mov	%esp, %ecx
	sub	%edi, %ecx
	cmp	20(%ebp), %ecx		/* it may pop its arguments */
	ja	.Lorder\@
	mov	%ecx, CALL_POPPED(%ebx)
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
	lea	-12(%ebp), %esp
	pop	%edi
	pop	%esi
	pop	%ebx
	.cfi_remember_state
	pop_frame
	ret
	.cfi_restore_state
.Lorder\@:				/* it returned with another stack */
	and	$-16, %esp
	call	calls_end_out_of_order
END(\name)
	.endm

	/* Part of jumpslot_guest_entry: EBX points to a frame, ECX is the callee. */
	.macro	callback move, class, bytes
	store_vectors %ebx, \move, \class, \bytes
	lea	8(%ebp), %eax		/* arguments on the stack */
	sub	$4, %esp
	push	%eax
	push	%ecx
	push	%ebx
	call	callback_run
	\move	CALL_VECTORS(%ebx), %\class\()0
	jmp	.Lcalled_back
	.endm

	.text
	host_call host_call_sse, movups, xmm, 16
	host_call host_call_avx, vmovups, ymm, 32
	host_call host_call_avx3, vmovups, zmm, 64

	/* ECX is the callee; all else is as for the guest's function. */
	.balign	64
EXPORTED_FUNC(jumpslot_guest_entry)
	endbr32
	push_frame
	push	%ebx
	.cfi_offset %ebx, -12
	sub	$CALL_COPY_SIZE, %esp
	and	$-16, %esp
	mov	%esp, %ebx
	mov	%eax, CALL_AX(%ebx)
	mov	%edx, CALL_DX(%ebx)
	find	callback_vector_bytes, %eax
	mov	(%eax), %eax
	cmp	$32, %eax
	je	.Lavx
	ja	.Lavx3
	callback movups, xmm, 16
.Lavx:
	callback vmovups, ymm, 32
.Lavx3:
	callback vmovups, zmm, 64
.Lcalled_back:
	cmpl	$0, CALL_X87(%ebx)
	je	.Lno_x87
	fldt	CALL_ST(%ebx)
.Lno_x87:
	mov	CALL_POPPED(%ebx), %ecx
	mov	CALL_AX(%ebx), %eax
	mov	CALL_DX(%ebx), %edx
	mov	-4(%ebp), %ebx
	.cfi_restore %ebx
	push	4(%ebp)			/* the return address moves up by as much */
	pop	4(%ebp, %ecx)
	lea	4(%ebp, %ecx), %esp
	.cfi_def_cfa %esp, 4
	/* DW_CFA_expression: register 5 (EBP), 2 bytes: DW_OP_breg5 0 */
	.cfi_escape 0x10, 5, 2, 0x75, 0
	mov	(%ebp), %ebp
	.cfi_restore %ebp
	ret
END(jumpslot_guest_entry)

	.section .note.GNU-stack,"",@progbits
