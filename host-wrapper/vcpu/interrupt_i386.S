/*
 * Calls the guest's interrupt handler and returns from it, on i386. See interrupt.h.
 * EBX holds the frame, and EBP the address of `vcpu` where that is needed.
 */
#include "common/asm_i386.h"
#include "registers.h"
#include "vcpu/vcpu_offsets.h"

	/* For debuggers: the caller is the interrupted code. DWARF numbers EAX, ECX, EDX,
	   EBX, ESP, EBP, ESI, EDI from 0, and the return address 8. */
	.macro	interrupted_registers
	cfi_sp_at_bx FRAME_SP
	cfi_register_at_bx 8, FRAME_PC
	cfi_register_at_bx 0, FRAME_GENERAL
	cfi_register_at_bx 1, FRAME_GENERAL + 4
	cfi_register_at_bx 2, FRAME_GENERAL + 8
	cfi_register_at_bx 6, FRAME_GENERAL + 12
	cfi_register_at_bx 7, FRAME_GENERAL + 16
	cfi_register_at_bx 5, FRAME_GENERAL + 20
	cfi_register_at_bx 3, FRAME_GENERAL + 24
	.endm

	/* Flags and return address are on the stack. */
	.macro	all_restored
	.cfi_def_cfa %esp, 8
	.cfi_offset %eip, -4
	.irp	register, eax, ecx, edx, esi, edi, ebp, ebx
	.cfi_same_value %\register
	.endr
	.endm

	.text
	.balign	64
ROOT_FUNC(jumpslot_upcall)		/* ESP, EBX frame; EDI vector; EAX handler */
	.cfi_signal_frame
	interrupted_registers
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
	.cfi_remember_state
	.cfi_undefined %eip		/* a restart comes with any EBX */
	find	vcpu, %ebp
	mov	VCPU_RESUMING(%ebp), %ebx
	.cfi_restore_state
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
	.cfi_remember_state
	all_restored
	popf
	.cfi_adjust_cfa_offset -4
	ret
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
