/* The way into an i386 guest and the way out. See enter.h. */
#include <jumpslot/external_abi.h>
#include "common/asm_i386.h"
#include "process/calls/gate_layout.h"
#include "process/calls/gate_offsets.h"
#include "process/arch/initial_state_x86.h"
#include "vcpu/registers_x86.h"

	.text
	.balign	16
	/* On the stack: entry, top of stack, start information, Multiboot information. */
FUNC(jumpslot_enter)
	endbr32
	find	host_stack, %ecx, WORD
	push_frame
	push	%ebx
	push	%esi
	push	%edi
	sub	$8, %esp
	stmxcsr	(%esp)			/* the guest may change floating-point control */
	fnstcw	4(%esp)
	mov	%esp, (%ecx)
	find	initial_state, %esi
	find	initial_state_by_xsave, %edi
	load_initial_state (%esi), (%edi)
	mov	8(%ebp), %ecx
	mov	16(%ebp), %edx
	mov	20(%ebp), %ebx
	mov	12(%ebp), %esp
	.cfi_def_cfa %esp, 4		/* all frames begin here, for a debugger */
	.cfi_undefined %eip
	.cfi_undefined %ebp
	push	$X86_FLAGS_DEFAULT	/* as the psABI has it */
	popf
	mov	$JUMPSLOT_MULTIBOOT_MAGIC, %eax
	xor	%ebp, %ebp		/* the guest gets no value of the host */
	xor	%esi, %esi
	find	gate, %edi, WORD
	movl	$0, GATE_STATE(%edi)
	xor	%edi, %edi
	call	*%ecx
	find	gate, %ecx, WORD
	cmpl	$0, GATE_STATE(%ecx)
	je	.Lback			/* the entry's result is the status */
	stop	OUTCOME_HOST_LEFT	/* but a host function has not returned */
	.type	jumpslot_leave, @function
HIDDEN(jumpslot_leave)			/* on the stack: status */
	mov	4(%esp), %eax
.Lback:
	find	gate, %ecx, WORD
	movl	$GATE_OUTSIDE, GATE_STATE(%ecx)
	find	host_stack, %ecx, WORD
	mov	(%ecx), %esp
	.cfi_def_cfa %esp, 28
	.cfi_restore %eip
	.cfi_offset %ebp, -8
	.cfi_offset %ebx, -12
	.cfi_offset %esi, -16
	.cfi_offset %edi, -20
	push_cfi $X86_FLAGS_DEFAULT	/* the guest may have set AC or the direction */
	popf
	.cfi_adjust_cfa_offset -4
	ldmxcsr	(%esp)
	fninit
	fldcw	4(%esp)
	add	$8, %esp
	.cfi_adjust_cfa_offset -8
	pop_cfi	%edi
	pop_cfi	%esi
	pop_cfi	%ebx
	pop_cfi	%ebp
	ret
END(jumpslot_enter)

	.local	host_stack
	.comm	host_stack, 4, 4

	.section .note.GNU-stack,"",@progbits
