/*
 * Calls of the guest's handlers inside the virtual machine, on x86-64: what the host adds
 * to vcpu/interrupt_x86_64.S, and the call of the fault handler.
 */
#include "common/asm_x86.h"
#include "kvm/inside/doorbell.h"
#include "vcpu/registers.h"
#include "vcpu/vcpu_offsets.h"

	/* Floating point as at the start of a function. Changes RDX. */
	.macro	default_float
	fninit
	push	$X86_MXCSR_DEFAULT
	ldmxcsr	(%rsp)
	pop	%rdx
	.endm

	.text
	/* RSP, RBX, RSI frame; RDI vector; RAX handler. The host has cleared the header
	   of the XSAVE area. */
	.balign	16
ROOT_FUNC(inside_upcall)
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	mov	%rax, %r12
	mov	FRAME_FEATURES(%rbx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%rbx), %rcx
	xsave64	(%rcx)
	default_float
	mov	%r12, %rax
	jmp	jumpslot_upcall
END(inside_upcall)

	/* Part of the return from a handler: RBX points to the frame. */
	.balign	16
FUNC(vcpu_restore_vectors)
	mov	FRAME_FEATURES(%rbx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%rbx), %rcx
	xrstor64 (%rcx)
	ret
.Lrestored:
	/* Restarting the return is safe here too: this only reads the frame. */
	code_range CODE_RETURNING, vcpu_restore_vectors, .Lrestored
END(vcpu_restore_vectors)

	.balign	16
ROOT_FUNC(inside_fault)			/* RSP, RBX, RDI the fault; RAX handler */
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	default_float
	call	*%rax
	mov	%rsp, DOORBELL_FAULT + inside_doorbell(%rip)
	ud2
END(inside_fault)

	.section .note.GNU-stack,"",@progbits
