/*
 * The assembly that the process host adds to vcpu/interrupt_x86_64.S: restoring vector
 * registers, sleeping, and sending the interrupts' signal to the own thread.
 */
#include <sys/syscall.h>

#include "common/asm_x86.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"
#include "process/interrupts/kick_offsets.h"
#include "vcpu/registers_x86.h"
#include "vcpu/vcpu_offsets.h"

	.text
	/* Part of the return from a handler: RBX points to the frame. */
	.balign	16
FUNC(vcpu_restore_vectors)
	/* The guest can write to the frame, and so change its MXCSR. */
	mov	FRAME_VECTORS(%rbx), %rcx
	mov	XSAVE_MXCSR(%rcx), %eax
	and	$MXCSR_CONTROL, %eax
	cmp	$X86_MXCSR_DEFAULT, %eax
	je	.Lknown
	orl	$GATE_READS, GATE_CONTROL + gate(%rip)	/* first, for a restart */
	movl	$0, GATE_KNOWN + gate(%rip)
.Lknown:
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

	/* Preserves every register: they hold what the gate or the resolver returned. */
	.balign	16
FUNC(jumpslot_interrupt_here)
	push_cfi %rax
	push_cfi %rcx			/* the kernel changes RCX and R11 */
	push_cfi %rdx
	push_cfi %rsi
	push_cfi %rdi
	push_cfi %r11
	mov	$SYS_tgkill, %eax
	mov	KICK_PROCESS + kick(%rip), %edi
	mov	KICK_THREAD + kick(%rip), %esi
	mov	$GATE_INTERRUPT, %edx
	syscall
	pop_cfi	%r11
	pop_cfi	%rdi
	pop_cfi	%rsi
	pop_cfi	%rdx
	pop_cfi	%rcx
	pop_cfi	%rax
	ret
END(jumpslot_interrupt_here)

	/*
	 * int jumpslot_sleep(const struct timespec *until, uint32_t delivered): sleeps at
	 * level 0, unless vcpu.delivered has changed. Returns 0 at the deadline.
	 */
	.balign	16
FUNC(jumpslot_sleep)
	mov	%rdi, %rdx
	mov	%esi, %r8d
	mov	$1, %edi		/* CLOCK_MONOTONIC */
	mov	$1, %esi		/* TIMER_ABSTIME */
	xor	%r10d, %r10d
.Lenabled:
	mov	$1, %eax
	cmp	VCPU_DELIVERED + vcpu(%rip), %r8d
	jne	.Lwoken
	mov	$SYS_clock_nanosleep, %eax
	syscall
.Lwoken:
	ret
	/* An interrupt that is delivered in this range would be followed by the sleep
	   that it should end. The code after the range needs none of its registers: the
	   result counts only if vcpu.delivered has not changed. */
	code_range CODE_SLEEP, .Lenabled, .Lwoken
END(jumpslot_sleep)

	.section .note.GNU-stack,"",@progbits
