/*
 * The assembly that the process host adds to vcpu/interrupt_i386.S: restoring vector
 * registers, sleeping, and sending the interrupts' signal to the own thread.
 */
#include <sys/syscall.h>

#include "common/asm_i386.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"
#include "process/interrupts/kick_offsets.h"
#include "vcpu/registers_x86.h"
#include "vcpu/vcpu_offsets.h"

	.text
	/* Part of the return from a handler: EBX points to the frame. */
	.balign	16
FUNC(vcpu_restore_vectors)
	/* The guest can write to the frame, and so change its MXCSR. */
	mov	FRAME_VECTORS(%ebx), %ecx
	mov	XSAVE_MXCSR(%ecx), %eax
	and	$MXCSR_CONTROL, %eax
	cmp	$X86_MXCSR_DEFAULT, %eax
	je	.Lknown
	find	gate, %ecx, WORD
	orl	$GATE_READS, GATE_CONTROL(%ecx)	/* first, for a restart */
	movl	$0, GATE_KNOWN(%ecx)
.Lknown:
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

	/* Preserves every register: they hold what the gate or the resolver returned. */
	.balign	16
FUNC(jumpslot_interrupt_here)
	push_cfi %eax
	push_saved %ebx
	push_cfi %ecx
	push_cfi %edx
	find	kick, %eax, WORD
	mov	KICK_PROCESS(%eax), %ebx
	mov	KICK_THREAD(%eax), %ecx
	mov	$GATE_INTERRUPT, %edx
	mov	$SYS_tgkill, %eax
	int	$0x80
	pop_cfi	%edx
	pop_cfi	%ecx
	pop_saved %ebx
	pop_cfi	%eax
	ret
END(jumpslot_interrupt_here)

	/*
	 * int jumpslot_sleep(const struct timespec *until, uint32_t delivered): sleeps at
	 * level 0, unless vcpu.delivered has changed. Returns 0 at the deadline.
	 */
	.balign	16
FUNC(jumpslot_sleep)
	push_saved %ebx
	push_saved %esi
	mov	$1, %ebx		/* CLOCK_MONOTONIC */
	mov	$1, %ecx		/* TIMER_ABSTIME */
	mov	12(%esp), %edx
	find	vcpu, %esi, WORD
	mov	16(%esp), %eax
.Lenabled:
	cmp	VCPU_DELIVERED(%esi), %eax
	jne	.Lwoken
	xor	%esi, %esi
	mov	$SYS_clock_nanosleep_time64, %eax
	int	$0x80
.Lwoken:
	pop_saved %esi
	pop_saved %ebx
	ret
	/* An interrupt that is delivered in this range would be followed by the sleep
	   that it should end. The code after the range needs none of its registers: the
	   result counts only if vcpu.delivered has not changed. */
	code_range CODE_SLEEP, .Lenabled, .Lwoken
END(jumpslot_sleep)

	.section .note.GNU-stack,"",@progbits
