/*
 * The assembly that the process host adds to vcpu/interrupt_i386.S: restoring vector
 * registers, sleeping, and sending the interrupts' signal to the own thread.
 */
#include <sys/syscall.h>

#include "process/calls/gate_layout.h"
#include "process/interrupts/kick.h"
#include "vcpu/interrupt_frame.h"
#include "vcpu/vcpu_layout.h"

	.text
	/* Part of the return from a handler: EBX points to the frame. */
	.balign	16
	.globl	vcpu_restore_vectors
	.hidden	vcpu_restore_vectors
	.type	vcpu_restore_vectors, @function
vcpu_restore_vectors:
	.cfi_startproc
	mov	$1, %ecx		/* components in use; the others are initial */
	xgetbv
	or	FRAME_CHANGED(%ebx), %eax
	and	FRAME_FEATURES(%ebx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%ebx), %ecx
	xrstor	(%ecx)
	ret
	.cfi_endproc
	.globl	jumpslot_restore_end
	.hidden	jumpslot_restore_end
jumpslot_restore_end:
	.size	vcpu_restore_vectors, . - vcpu_restore_vectors

	/* Preserves every register: they hold what the gate or the resolver returned. */
	.balign	16
	.globl	jumpslot_interrupt_here
	.hidden	jumpslot_interrupt_here
	.type	jumpslot_interrupt_here, @function
jumpslot_interrupt_here:
	.cfi_startproc
	push	%eax
	.cfi_adjust_cfa_offset 4
	push	%ebx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebx, 0
	push	%ecx
	.cfi_adjust_cfa_offset 4
	push	%edx
	.cfi_adjust_cfa_offset 4
	call	1f
1:	pop	%eax
	mov	kick - 1b + KICK_PROCESS(%eax), %ebx
	mov	kick - 1b + KICK_THREAD(%eax), %ecx
	mov	$GATE_INTERRUPT, %edx
	mov	$SYS_tgkill, %eax
	int	$0x80
	pop	%edx
	.cfi_adjust_cfa_offset -4
	pop	%ecx
	.cfi_adjust_cfa_offset -4
	pop	%ebx
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebx
	pop	%eax
	.cfi_adjust_cfa_offset -4
	ret
	.cfi_endproc
	.size	jumpslot_interrupt_here, . - jumpslot_interrupt_here

	/*
	 * int jumpslot_sleep(const struct timespec *until, uint32_t delivered): sleeps at
	 * level 0, unless vcpu.delivered has changed. Returns 0 at the deadline.
	 */
	.balign	16
	.globl	jumpslot_sleep
	.hidden	jumpslot_sleep
	.type	jumpslot_sleep, @function
jumpslot_sleep:
	.cfi_startproc
	push	%ebx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebx, 0
	push	%esi
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %esi, 0
	mov	$1, %ebx		/* CLOCK_MONOTONIC */
	mov	$1, %ecx		/* TIMER_ABSTIME */
	mov	12(%esp), %edx
	find_vcpu %esi
	mov	16(%esp), %eax
	.globl	jumpslot_sleep_open
	.hidden	jumpslot_sleep_open
jumpslot_sleep_open:			/* a delivery from here on goes on at the end */
	cmp	VCPU_DELIVERED(%esi), %eax
	jne	jumpslot_sleep_end
	xor	%esi, %esi
	mov	$SYS_clock_nanosleep_time64, %eax
	int	$0x80
	.globl	jumpslot_sleep_end
	.hidden	jumpslot_sleep_end
jumpslot_sleep_end:
	pop	%esi
	.cfi_adjust_cfa_offset -4
	.cfi_restore %esi
	pop	%ebx
	.cfi_adjust_cfa_offset -4
	.cfi_restore %ebx
	ret
	.cfi_endproc
	.size	jumpslot_sleep, . - jumpslot_sleep

	.section .note.GNU-stack,"",@progbits
