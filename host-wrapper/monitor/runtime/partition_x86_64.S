/*
 * The assembly that a partition's runtime adds to vcpu/interrupt_x86_64.S: restoring
 * vector registers, waiting, and the call of the guest's fault handler.
 */
#include "common/asm_x86.h"
#include "monitor/calls.h"
#include "vcpu/vcpu_offsets.h"

	.text
	/* Part of the return from a handler: RBX points to the frame. */
	.balign	16
FUNC(vcpu_restore_vectors)
	mov	$1, %ecx		/* components in use; the others are initial */
	xgetbv
	or	FRAME_CHANGED(%rbx), %eax
	and	FRAME_FEATURES(%rbx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%rbx), %rcx
	xrstor64 (%rcx)
	ret
.Lrestored:
	/* Restarting the return is safe here too: this only reads the frame. */
	code_range CODE_RETURNING, vcpu_restore_vectors, .Lrestored
END(vcpu_restore_vectors)

	/* int vcpu_sleep(uint64_t deadline_ns, uint32_t delivered) */
	.balign	16
FUNC(vcpu_sleep)
	mov	$1, %eax
.Lenabled:
	cmp	VCPU_DELIVERED + vcpu(%rip), %esi
	jne	.Lwoken
	call	monitor_wait
.Lwoken:
	ret
	/* An interrupt that is delivered in this range would be followed by the wait that
	   it should end. In the call itself, calls.S has the same range; the kernel looks
	   at what is pending before it waits. */
	code_range CODE_SLEEP, .Lenabled, .Lwoken
END(vcpu_sleep)

	.balign	16
ROOT_FUNC(jumpslot_fault_call)		/* RSP, RBX, RDI the fault; RAX handler */
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	call	*%rax
.Lreturned:				/* the kernel takes the decision */
	ud2
.Lend:
	code_range CODE_RETURNED, .Lreturned, .Lend
END(jumpslot_fault_call)

	.section .note.GNU-stack,"",@progbits
