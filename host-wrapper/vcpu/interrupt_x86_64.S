/* Calls the guest's interrupt handler and returns from it, on x86-64. See interrupt.h. */
#include "interrupt_frame.h"
#include "registers.h"
#include "vcpu_layout.h"

	.text
	.balign	64
	.globl	jumpslot_upcall
	.hidden	jumpslot_upcall
	.type	jumpslot_upcall, @function
jumpslot_upcall:			/* RSP, RBX, RSI frame; RDI vector; RAX handler */
	.cfi_startproc simple
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	call	*%rax
	cmp	%rbx, %rsp
	jne	jumpslot_upcall_fault
	mov	VCPU_STATE + vcpu(%rip), %rdx
	movl	$1, STATE_LEVEL(%rdx)
	mov	%rbx, VCPU_RESUMING + vcpu(%rip)
	.globl	jumpslot_resume
	.hidden	jumpslot_resume
jumpslot_resume:			/* an interrupt at level 0 restarts here */
	mov	VCPU_RESUMING + vcpu(%rip), %rbx
	mov	VCPU_STATE + vcpu(%rip), %rdx
	movl	$1, STATE_LEVEL(%rdx)
	mov	%rbx, %rdi
	call	vcpu_return
	test	%eax, %eax
	jns	.Lnext
	mov	VCPU_STATE + vcpu(%rip), %rdx
	mov	FRAME_LEVEL(%rbx), %eax
	mov	%eax, STATE_LEVEL(%rdx)
	cmpl	$0, VCPU_WAITING + vcpu(%rip)
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
	.globl	jumpslot_resume_end
	.hidden	jumpslot_resume_end
jumpslot_resume_end:

.Lnext:					/* the next vector, on the same frame */
	fninit
	push	$X86_MXCSR_DEFAULT
	ldmxcsr	(%rsp)
	pop	%rdi
	cld
	mov	%eax, %edi
	mov	%rbx, %rsi
	mov	VCPU_HANDLER + vcpu(%rip), %rax
	jmp	jumpslot_upcall

	.globl	jumpslot_upcall_fault
	.hidden	jumpslot_upcall_fault
jumpslot_upcall_fault:			/* the handler returned on another stack */
	ud2
	.cfi_endproc
	.size	jumpslot_upcall, . - jumpslot_upcall

	.section .note.GNU-stack,"",@progbits
