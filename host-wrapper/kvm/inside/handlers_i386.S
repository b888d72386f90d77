/*
 * Calls of the guest's handlers inside the virtual machine, on i386: what the host adds
 * to vcpu/interrupt_i386.S, and the call of the fault handler.
 */
#include "common/asm_i386.h"
#include "kvm/inside/doorbell.h"
#include "vcpu/registers.h"
#include "vcpu/vcpu_offsets.h"

	/* Floating point as at the start of a function. Changes EDX. */
	.macro	default_float
	fninit
	push	$X86_MXCSR_DEFAULT
	ldmxcsr	(%esp)
	pop	%edx
	.endm

	.text
	/* ESP, EBX frame; EDI vector; EAX handler. The host has cleared the header of
	   the XSAVE area. */
	.balign	16
ROOT_FUNC(inside_upcall)
	.cfi_def_cfa %ebx, 0
	.cfi_undefined %eip
	mov	%eax, %ebp
	mov	FRAME_FEATURES(%ebx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%ebx), %ecx
	xsave	(%ecx)
	default_float
	mov	%ebp, %eax
	jmp	jumpslot_upcall
END(inside_upcall)

	/* Part of the return from a handler: EBX points to the frame. */
	.balign	16
FUNC(vcpu_restore_vectors)
	mov	FRAME_FEATURES(%ebx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%ebx), %ecx
	xrstor	(%ecx)
	ret
.Lrestored:
	/* Restarting the return is safe here too: this only reads the frame. */
	code_range CODE_RETURNING, vcpu_restore_vectors, .Lrestored
END(vcpu_restore_vectors)

	.balign	16
ROOT_FUNC(inside_fault)			/* ESP, EBX the fault; EAX handler */
	.cfi_def_cfa %ebx, 0
	.cfi_undefined %eip
	default_float
	sub	$12, %esp		/* aligned to 16 at the call */
	push	%ebx
	call	*%eax
	add	$16, %esp
	find	inside_doorbell, %ecx
	mov	%esp, DOORBELL_FAULT(%ecx)
	ud2
END(inside_fault)

	.section .note.GNU-stack,"",@progbits
