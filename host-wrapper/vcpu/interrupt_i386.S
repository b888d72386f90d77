/*
 * The guest's interrupt handler: the way in and the way back, on i386. See interrupt.h.
 * EBX holds the frame, and EBP the address of `vcpu` where that is needed.
 */
#include <sys/syscall.h>

#include "process/calls/gate_layout.h"
#include "interrupt_frame.h"
#include "vcpu_layout.h"

	/* The address of `vcpu`, whatever this program's own is. */
	.macro	find_vcpu register
	call	1f
1:	pop	\register
	lea	vcpu - 1b(\register), \register
	.endm

	.text
	.balign	64
	.globl	jumpslot_upcall
	.hidden	jumpslot_upcall
	.type	jumpslot_upcall, @function
jumpslot_upcall:			/* ESP, EBX frame; EDI vector; EAX handler */
	.cfi_startproc simple
	.cfi_def_cfa %ebx, 0
	.cfi_undefined %eip
	sub	$8, %esp		/* aligned to 16 at the call */
	push	%ebx
	push	%edi
	call	*%eax
	add	$16, %esp
	cmp	%ebx, %esp
	jne	jumpslot_upcall_fault
	find_vcpu %ebp
	mov	VCPU_STATE(%ebp), %edx
	movl	$1, STATE_LEVEL(%edx)
	mov	%ebx, VCPU_RESUMING(%ebp)
	.globl	jumpslot_resume
	.hidden	jumpslot_resume
jumpslot_resume:			/* a signal at level 0 starts over here */
	find_vcpu %ebp
	mov	VCPU_RESUMING(%ebp), %ebx
	mov	VCPU_STATE(%ebp), %edx
	movl	$1, STATE_LEVEL(%edx)
	movl	$0, VCPU_WAITING(%ebp)
	sub	$12, %esp
	push	%ebx
	call	interrupt_next
	add	$16, %esp
	test	%eax, %eax
	jns	.Lnext
	mov	VCPU_STATE(%ebp), %edx
	mov	FRAME_NESTING(%ebx), %eax
	mov	%eax, STATE_NESTING(%edx)
	mov	FRAME_LEVEL(%ebx), %eax
	mov	%eax, STATE_LEVEL(%edx)
	cmpl	$0, VCPU_WAITING(%ebp)
	jne	jumpslot_resume
	mov	$1, %ecx		/* initial on both sides is not restored */
	xgetbv
	or	FRAME_CHANGED(%ebx), %eax
	and	FRAME_FEATURES(%ebx), %eax
	xor	%edx, %edx
	mov	FRAME_VECTORS(%ebx), %ecx
	xrstor	(%ecx)
	mov	FRAME_GENERAL(%ebx), %eax
	mov	FRAME_GENERAL + 4(%ebx), %ecx
	mov	FRAME_GENERAL + 8(%ebx), %edx
	mov	FRAME_GENERAL + 12(%ebx), %esi
	mov	FRAME_GENERAL + 16(%ebx), %edi
	mov	FRAME_GENERAL + 20(%ebx), %ebp
	mov	FRAME_RETURN(%ebx), %esp
	mov	FRAME_GENERAL + 24(%ebx), %ebx
	popf
	ret
	.globl	jumpslot_resume_end
	.hidden	jumpslot_resume_end
jumpslot_resume_end:

.Lnext:					/* the next one, without another signal */
	fninit
	push	$0x1f80
	ldmxcsr	(%esp)
	pop	%edi
	cld
	mov	%eax, %edi
	mov	VCPU_HANDLER(%ebp), %eax
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
	push	%eax
	.cfi_adjust_cfa_offset 4
	push	%ebx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebx, 0
	push	%ecx
	.cfi_adjust_cfa_offset 4
	push	%edx
	.cfi_adjust_cfa_offset 4
	find_vcpu %eax
	mov	VCPU_PROCESS(%eax), %ebx
	mov	VCPU_THREAD(%eax), %ecx
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
	 * void jumpslot_sleep(const struct timespec *until): opens and sleeps in one
	 * step. A signal before the system call goes on behind it.
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
	mov	VCPU_STATE(%esi), %eax
	movl	$0, STATE_LEVEL(%eax)
	.globl	jumpslot_sleep_open
	.hidden	jumpslot_sleep_open
jumpslot_sleep_open:
	cmpl	$0, VCPU_WAITING(%esi)
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
