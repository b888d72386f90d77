/* Calls the guest's interrupt handler and returns from it, on x86-64. See interrupt.h. */
#include "common/asm_x86.h"
#include "registers.h"
#include "vcpu/vcpu_offsets.h"

#define VCPU(FIELD) VCPU_##FIELD + vcpu(%rip)

	.text
	.balign	64
ROOT_FUNC(jumpslot_upcall)		/* RSP, RBX, RSI frame; RDI vector; RAX handler */
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	call	*%rax
	cmp	%rbx, %rsp
	jne	.Lorder_fault
	mov	VCPU(STATE), %rdx
	movl	$1, STATE_LEVEL(%rdx)
	mov	%rbx, VCPU(RESUMING)
HIDDEN(jumpslot_resume)
	mov	VCPU(RESUMING), %rbx
	mov	VCPU(STATE), %rdx
	movl	$1, STATE_LEVEL(%rdx)
	mov	%rbx, %rdi
	call	vcpu_return
	test	%eax, %eax
	jns	.Lnext
	mov	VCPU(STATE), %rdx
	mov	FRAME_LEVEL(%rbx), %eax
	mov	%eax, STATE_LEVEL(%rdx)
	cmpl	$0, VCPU(WAITING)	/* did one come before the level was stored? */
	jne	jumpslot_resume
	call	vcpu_restore_vectors
	mov	FRAME_GENERAL(%rbx), %rax
	mov	FRAME_GENERAL + 8(%rbx), %rcx
	mov	FRAME_GENERAL + 16(%rbx), %rdx
	mov	FRAME_GENERAL + 24(%rbx), %rsi
	mov	FRAME_GENERAL + 32(%rbx), %rdi
	mov	FRAME_GENERAL + 40(%rbx), %rbp
	mov	FRAME_GENERAL + 48(%rbx), %r8
	mov	FRAME_GENERAL + 56(%rbx), %r9
	mov	FRAME_GENERAL + 64(%rbx), %r10
	mov	FRAME_GENERAL + 72(%rbx), %r11
	mov	FRAME_GENERAL + 80(%rbx), %r12
	mov	FRAME_GENERAL + 88(%rbx), %r13
	mov	FRAME_GENERAL + 96(%rbx), %r14
	mov	FRAME_GENERAL + 104(%rbx), %r15
	mov	FRAME_RETURN(%rbx), %rsp
	mov	FRAME_GENERAL + 112(%rbx), %rbx
	popfq
	ret	$128			/* above the red zone */
.Lresumed:
	/* Restarting is safe at any instruction: the range only reads the frame,
	   vcpu.resuming tells where it is, and the range disables interrupts again
	   before anything else. It must restart: if a handler ran on a half-restored
	   frame, the stack would grow. */
	code_range CODE_RETURNING, jumpslot_resume, .Lresumed

.Lnext:					/* the next vector, on the same frame */
	fninit
	push	$X86_MXCSR_DEFAULT
	ldmxcsr	(%rsp)
	pop	%rdi
	cld
	mov	%eax, %edi
	mov	%rbx, %rsi
	mov	VCPU(HANDLER), %rax
	jmp	jumpslot_upcall

.Lorder_fault:				/* the handler returned on another stack */
	stop	OUTCOME_INTERRUPT_ORDER
END(jumpslot_upcall)

	.section .note.GNU-stack,"",@progbits
