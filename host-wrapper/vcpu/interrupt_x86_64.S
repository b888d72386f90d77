/* Calls the guest's interrupt handler and returns from it, on x86-64. See interrupt.h. */
#include "common/asm_x86.h"
#include "registers.h"
#include "vcpu/vcpu_offsets.h"

#define VCPU(FIELD) VCPU_##FIELD + vcpu(%rip)

	/* For debuggers: the caller is the interrupted code. DWARF numbers RAX, RDX, RCX,
	   RBX, RSI, RDI, RBP from 0, R8 to R15 from 8, and the return address 16. */
	.macro	interrupted_registers
	cfi_sp_at_bx FRAME_SP
	cfi_register_at_bx 16, FRAME_PC
	cfi_register_at_bx 0, FRAME_GENERAL
	cfi_register_at_bx 2, FRAME_GENERAL + 8
	cfi_register_at_bx 1, FRAME_GENERAL + 16
	cfi_register_at_bx 4, FRAME_GENERAL + 24
	cfi_register_at_bx 5, FRAME_GENERAL + 32
	cfi_register_at_bx 6, FRAME_GENERAL + 40
	cfi_register_at_bx 8, FRAME_GENERAL + 48
	cfi_register_at_bx 9, FRAME_GENERAL + 56
	cfi_register_at_bx 10, FRAME_GENERAL + 64
	cfi_register_at_bx 11, FRAME_GENERAL + 72
	cfi_register_at_bx 12, FRAME_GENERAL + 80
	cfi_register_at_bx 13, FRAME_GENERAL + 88
	cfi_register_at_bx 14, FRAME_GENERAL + 96
	cfi_register_at_bx 15, FRAME_GENERAL + 104
	cfi_register_at_bx 3, FRAME_GENERAL + 112
	.endm

	/* Flags, return address and red zone are on the stack. */
	.macro	all_restored
	.cfi_def_cfa %rsp, 16 + 128
	.cfi_offset %rip, -8 - 128
	.irp	register, rax, rcx, rdx, rsi, rdi, rbp, rbx, r8, r9, r10, r11, r12, r13, \
		r14, r15
	.cfi_same_value %\register
	.endr
	.endm

	.text
	.balign	64
ROOT_FUNC(jumpslot_upcall)		/* RSP, RBX, RSI frame; RDI vector; RAX handler */
	.cfi_signal_frame
	interrupted_registers
	call	*%rax
	cmp	%rbx, %rsp
	jne	.Lorder_fault
	mov	VCPU(STATE), %rdx
	movl	$1, STATE_LEVEL(%rdx)
	mov	%rbx, VCPU(RESUMING)
HIDDEN(jumpslot_resume)
	.cfi_remember_state
	.cfi_undefined %rip		/* a restart comes with any RBX */
	mov	VCPU(RESUMING), %rbx
	.cfi_restore_state
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
	.cfi_remember_state
	all_restored
	popfq
	.cfi_adjust_cfa_offset -8
	ret	$128			/* above the red zone */
.Lresumed:
	.cfi_restore_state
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
