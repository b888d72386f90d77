/*
 * The guest's interrupt handler: the way in and the way back, on x86-64. See interrupt.h.
 */
#include <sys/syscall.h>

#include "process/calls/gate_layout.h"
#include "interrupt_frame.h"
#include "vcpu_layout.h"

	.text
	.balign	64
	.globl	jumpslot_upcall
	.hidden	jumpslot_upcall
	.type	jumpslot_upcall, @function
jumpslot_upcall:			/* RSP, RBX, RSI frame; RDI vector; RAX handler */
	.cfi_startproc simple
	.cfi_def_cfa %rbx, 0
	.cfi_undefined %rip
	call	*%rax
	cmp	%rbx, %rsp
	jne	jumpslot_upcall_fault
	mov	VCPU_STATE + vcpu(%rip), %rdx
	movl	$1, STATE_LEVEL(%rdx)
	mov	%rbx, VCPU_RESUMING + vcpu(%rip)
	.globl	jumpslot_resume
	.hidden	jumpslot_resume
jumpslot_resume:			/* a signal at level 0 starts over here */
	mov	VCPU_RESUMING + vcpu(%rip), %rbx
	mov	VCPU_STATE + vcpu(%rip), %rdx
	movl	$1, STATE_LEVEL(%rdx)
	movl	$0, VCPU_WAITING + vcpu(%rip)
	mov	%rbx, %rdi
	call	interrupt_next
	test	%eax, %eax
	jns	.Lnext
	mov	VCPU_STATE + vcpu(%rip), %rdx
	mov	FRAME_NESTING(%rbx), %eax
	mov	%eax, STATE_NESTING(%rdx)
	mov	FRAME_LEVEL(%rbx), %eax
	mov	%eax, STATE_LEVEL(%rdx)
	cmpl	$0, VCPU_WAITING + vcpu(%rip)
	jne	jumpslot_resume
	mov	$1, %ecx		/* initial on both sides is not restored */
	xgetbv
	or	FRAME_CHANGED(%rbx), %eax
	and	FRAME_FEATURES(%rbx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%rbx), %rcx
	xrstor64 (%rcx)
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
	popfq
	ret	$128			/* above the red zone */
	.globl	jumpslot_resume_end
	.hidden	jumpslot_resume_end
jumpslot_resume_end:

.Lnext:					/* the next one, without another signal */
	fninit
	push	$0x1f80
	ldmxcsr	(%rsp)
	pop	%rdi
	cld
	mov	%eax, %edi
	mov	%rbx, %rsi
	mov	VCPU_HANDLER + vcpu(%rip), %rax
	jmp	jumpslot_upcall

	.globl	jumpslot_upcall_fault
	.hidden	jumpslot_upcall_fault
jumpslot_upcall_fault:			/* it returned with another stack */
	ud2
	.cfi_endproc
	.size	jumpslot_upcall, . - jumpslot_upcall

	/* With every register as it was: what the gate or the resolver returned with. */
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
	mov	VCPU_PROCESS + vcpu(%rip), %edi
	mov	VCPU_THREAD + vcpu(%rip), %esi
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
	 * void jumpslot_sleep(const struct timespec *until): opens and sleeps in one
	 * step. A signal before the system call goes on behind it.
	 */
	.balign	16
	.globl	jumpslot_sleep
	.hidden	jumpslot_sleep
	.type	jumpslot_sleep, @function
jumpslot_sleep:
	.cfi_startproc
	mov	%rdi, %rdx
	mov	$1, %edi		/* CLOCK_MONOTONIC */
	mov	$1, %esi		/* TIMER_ABSTIME */
	xor	%r10d, %r10d
	mov	VCPU_STATE + vcpu(%rip), %rcx
	movl	$0, STATE_LEVEL(%rcx)
	.globl	jumpslot_sleep_open
	.hidden	jumpslot_sleep_open
jumpslot_sleep_open:
	xor	%eax, %eax
	cmpl	$0, VCPU_WAITING + vcpu(%rip)
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
