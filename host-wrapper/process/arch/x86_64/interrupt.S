/*
 * The assembly that the process host adds to vcpu/interrupt_x86_64.S: restoring vector
 * registers, sleeping, and sending the interrupts' signal to the own thread.
 */
#include <sys/syscall.h>

#include "process/calls/gate_layout.h"
#include "process/interrupts/kick.h"
#include "vcpu/interrupt_frame.h"
#include "vcpu/vcpu_layout.h"

	.text
	/* Part of the return from a handler: RBX points to the frame. */
	.balign	16
	.globl	vcpu_restore_vectors
	.hidden	vcpu_restore_vectors
	.type	vcpu_restore_vectors, @function
vcpu_restore_vectors:
	.cfi_startproc
	mov	$1, %ecx		/* components in use; the others are initial */
	xgetbv
	or	FRAME_CHANGED(%rbx), %eax
	and	FRAME_FEATURES(%rbx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%rbx), %rcx
	xrstor64 (%rcx)
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
	push	%rax
	.cfi_adjust_cfa_offset 8
	push	%rcx			/* the kernel changes RCX and R11 */
	.cfi_adjust_cfa_offset 8
	push	%rdx
	.cfi_adjust_cfa_offset 8
	push	%rsi
	.cfi_adjust_cfa_offset 8
	push	%rdi
	.cfi_adjust_cfa_offset 8
	push	%r11
	.cfi_adjust_cfa_offset 8
	mov	$SYS_tgkill, %eax
	mov	KICK_PROCESS + kick(%rip), %edi
	mov	KICK_THREAD + kick(%rip), %esi
	mov	$GATE_INTERRUPT, %edx
	syscall
	pop	%r11
	.cfi_adjust_cfa_offset -8
	pop	%rdi
	.cfi_adjust_cfa_offset -8
	pop	%rsi
	.cfi_adjust_cfa_offset -8
	pop	%rdx
	.cfi_adjust_cfa_offset -8
	pop	%rcx
	.cfi_adjust_cfa_offset -8
	pop	%rax
	.cfi_adjust_cfa_offset -8
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
	mov	%rdi, %rdx
	mov	%esi, %r8d
	mov	$1, %edi		/* CLOCK_MONOTONIC */
	mov	$1, %esi		/* TIMER_ABSTIME */
	xor	%r10d, %r10d
	.globl	jumpslot_sleep_open
	.hidden	jumpslot_sleep_open
jumpslot_sleep_open:			/* a delivery from here on goes on at the end */
	mov	$1, %eax
	cmp	VCPU_DELIVERED + vcpu(%rip), %r8d
	jne	jumpslot_sleep_end
	mov	$SYS_clock_nanosleep, %eax
	syscall
	.globl	jumpslot_sleep_end
	.hidden	jumpslot_sleep_end
jumpslot_sleep_end:
	ret
	.cfi_endproc
	.size	jumpslot_sleep, . - jumpslot_sleep

	.section .note.GNU-stack,"",@progbits
