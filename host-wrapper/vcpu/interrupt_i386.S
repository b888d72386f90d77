/*
 * Calls the guest's interrupt handler and returns from it, on i386. See interrupt.h.
 * EBX holds the frame, and EBP the address of `vcpu` where that is needed.
 */
#include "common/asm_i386.h"
#include "registers.h"
#include "vcpu/vcpu_offsets.h"

	.text
	.balign	64
ROOT_FUNC(jumpslot_upcall)		/* ESP, EBX frame; EDI vector; EAX handler */
	.cfi_def_cfa %ebx, 0
	.cfi_undefined %eip
	sub	$8, %esp		/* aligned to 16 at the call */
	push	%ebx
	push	%edi
	call	*%eax
	add	$16, %esp
	cmp	%ebx, %esp
	jne	.Lorder_fault
	find	vcpu, %ebp
	mov	VCPU_STATE(%ebp), %edx
	movl	$1, STATE_LEVEL(%edx)
	mov	%ebx, VCPU_RESUMING(%ebp)
HIDDEN(jumpslot_resume)
	find	vcpu, %ebp
	mov	VCPU_RESUMING(%ebp), %ebx
	mov	VCPU_STATE(%ebp), %edx
	movl	$1, STATE_LEVEL(%edx)
	sub	$12, %esp
	push	%ebx
	call	vcpu_return
	add	$16, %esp
	test	%eax, %eax
	jns	.Lnext
	mov	VCPU_STATE(%ebp), %edx
	mov	FRAME_LEVEL(%ebx), %eax
	mov	%eax, STATE_LEVEL(%edx)
	cmpl	$0, VCPU_WAITING(%ebp)	/* did one come before the level was stored? */
	jne	jumpslot_resume
	call	vcpu_restore_vectors
	mov	FRAME_GENERAL(%ebx), %eax
	mov	FRAME_GENERAL + 4(%ebx), %ecx
	mov	FRAME_GENERAL + 8(%ebx), %edx
	mov	FRAME_GENERAL + 12(%ebx), %esi
	mov	FRAME_GENERAL + 16(%ebx), %edi
	mov	FRAME_GENERAL + 20(%ebx), %ebp
	mov	FRAME_RETURN(%ebx), %esp
	mov	FRAME_GENERAL + 24(%ebx), %ebx
	popf
	ret
.Lresumed:
	/* Restarting is safe at any instruction: the range only reads the frame,
	   vcpu.resuming tells where it is, and the range disables interrupts again
	   before anything else. It must restart: if a handler ran on a half-restored
	   frame, the stack would grow. */
	code_range CODE_RETURNING, jumpslot_resume, .Lresumed

.Lnext:					/* the next vector, on the same frame */
	fninit
	push	$X86_MXCSR_DEFAULT
	ldmxcsr	(%esp)
	pop	%edi
	cld
	mov	%eax, %edi
	mov	VCPU_HANDLER(%ebp), %eax
	jmp	jumpslot_upcall

.Lorder_fault:				/* the handler returned on another stack */
	stop	OUTCOME_INTERRUPT_ORDER
END(jumpslot_upcall)

	.section .note.GNU-stack,"",@progbits
