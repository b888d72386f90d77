/*
 * The assembly that a partition's runtime adds to vcpu/interrupt_i386.S: restoring vector
 * registers, waiting, and the call of the guest's fault handler.
 */
#include "common/asm_i386.h"
#include "monitor/calls.h"
#include "vcpu/vcpu_offsets.h"

	.text
	/* Part of the return from a handler: EBX points to the frame. */
	.balign	16
FUNC(vcpu_restore_vectors)
	mov	$1, %ecx		/* components in use; the others are initial */
	xgetbv
	or	FRAME_CHANGED(%ebx), %eax
	and	FRAME_FEATURES(%ebx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%ebx), %ecx
	xrstor	(%ecx)
	ret
.Lrestored:
	/* Restarting the return is safe here too: this only reads the frame. */
	code_range CODE_RETURNING, vcpu_restore_vectors, .Lrestored
END(vcpu_restore_vectors)

	/* int vcpu_sleep(uint64_t deadline_ns, uint32_t delivered) */
	.balign	16
FUNC(vcpu_sleep)
	push_saved %ebx
	find	vcpu, %ebx, WORD
	mov	16(%esp), %ecx		/* delivered */
	push_cfi 12(%esp)		/* the deadline, for the call */
	push_cfi 12(%esp)
	mov	$1, %eax
.Lenabled:
	cmp	VCPU_DELIVERED(%ebx), %ecx
	jne	.Lwoken
	call	monitor_wait
.Lwoken:
	add	$8, %esp
	.cfi_adjust_cfa_offset -8
	pop_saved %ebx
	ret
	/* An interrupt that is delivered in this range would be followed by the wait that
	   it should end. In the call itself, calls.S has the same range; the kernel looks
	   at what is pending before it waits. */
	code_range CODE_SLEEP, .Lenabled, .Lwoken
END(vcpu_sleep)

	.balign	16
ROOT_FUNC(jumpslot_fault_call)		/* ESP, EBX the fault; EAX handler */
	.cfi_def_cfa %ebx, 0
	.cfi_undefined %eip
	sub	$12, %esp		/* aligned to 16 at the call */
	push	%ebx
	call	*%eax
	add	$16, %esp
.Lreturned:				/* the kernel takes the decision */
	ud2
.Lend:
	code_range CODE_RETURNED, .Lreturned, .Lend
END(jumpslot_fault_call)

	.section .note.GNU-stack,"",@progbits
