/* The way into an x86-64 guest and the way out. See enter.h. */
#include "common/asm_x86.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"
#include "process/arch/initial_state_x86.h"
#include "vcpu/registers_x86.h"

	.text
	.balign	16
	/* RDI entry, RSI top of stack, RDX start information. */
FUNC(jumpslot_enter)
	endbr64
	push_frame
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	stmxcsr	(%rsp)			/* the guest may change floating-point control */
	fnstcw	4(%rsp)
	mov	%rsp, host_stack(%rip)
	mov	%rdi, %r8
	mov	%rdx, %rdi
	load_initial_state initial_state(%rip), initial_state_by_xsave(%rip)
	mov	%r8, %rax
	mov	%rsi, %rsp
	.cfi_remember_state		/* all frames begin here, for a debugger */
	.cfi_def_cfa %rsp, 8
	.cfi_undefined %rip
	.cfi_undefined %rbp
	push	$X86_FLAGS_DEFAULT	/* as the psABI has it */
	popfq
	xor	%ebp, %ebp		/* the guest gets no value of the host */
	xor	%esi, %esi
	xor	%edx, %edx
	xor	%ecx, %ecx
	xor	%ebx, %ebx
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d
	movq	$0, GATE_STATE + gate(%rip)
	call	*%rax
	cmpq	$0, GATE_STATE + gate(%rip)
	jne	.Lhost_left
	mov	%eax, %edi		/* the entry's result is the status */
	.type	jumpslot_leave, @function
HIDDEN(jumpslot_leave)			/* EDI status */
	movq	$GATE_OUTSIDE, GATE_STATE + gate(%rip)
	mov	%edi, %eax
	mov	host_stack(%rip), %rsp
	.cfi_restore_state
	push	$X86_FLAGS_DEFAULT	/* the guest may have set AC or the direction */
	popfq
	ldmxcsr	(%rsp)
	fninit
	fldcw	4(%rsp)
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop_frame
	ret
.Lhost_left:				/* a host function has not returned */
	stop	OUTCOME_HOST_LEFT
END(jumpslot_enter)

	.local	host_stack
	.comm	host_stack, 8, 8

	.section .note.GNU-stack,"",@progbits
