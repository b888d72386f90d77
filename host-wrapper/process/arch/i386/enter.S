/* The way into an i386 guest and the way out. See enter.h. */
#include <jumpslot/external_abi.h>
#include "process/calls/gate_layout.h"

	/* The address of a variable, whatever this program's own is. */
	.macro	find variable, register
	call	1f
1:	.cfi_adjust_cfa_offset 4
	pop	\register
	.cfi_adjust_cfa_offset -4
	lea	\variable - 1b(\register), \register
	.endm

	.text
	.balign	16
	.globl	jumpslot_enter
	.hidden	jumpslot_enter
	.type	jumpslot_enter, @function
jumpslot_enter:		/* on the stack: entry, top of stack, start and Multiboot information */
	.cfi_startproc
	endbr32
	find	host_stack, %ecx
	push	%ebp
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset %ebp, 0
	mov	%esp, %ebp
	.cfi_def_cfa_register %ebp
	push	%ebx
	push	%esi
	push	%edi
	sub	$8, %esp
	stmxcsr	(%esp)			/* the guest may change how floats behave */
	fnstcw	4(%esp)
	mov	%esp, (%ecx)
	mov	8(%ebp), %ecx
	mov	16(%ebp), %edx
	mov	20(%ebp), %ebx
	mov	12(%ebp), %esp
	.cfi_def_cfa %esp, 4		/* for a debugger, this is where all frames begin */
	.cfi_undefined %eip
	.cfi_undefined %ebp
	push	$0x202			/* flags and floats as the psABI has them */
	popf
	fninit
	push	$0x1f80
	ldmxcsr	(%esp)
	pop	%eax
	mov	$JUMPSLOT_MULTIBOOT_MAGIC, %eax
	xor	%ebp, %ebp		/* no stale pointers of the host's, as a courtesy */
	xor	%esi, %esi
	find	gate, %edi
	movl	$0, GATE_STATE(%edi)
	xor	%edi, %edi
	call	*%ecx
	find	gate, %ecx
	cmpl	$0, GATE_STATE(%ecx)
	je	back			/* returning is leaving with that status */
	.globl	jumpslot_gate_open_fault
	.hidden	jumpslot_gate_open_fault
jumpslot_gate_open_fault:
	ud2
	.globl	jumpslot_leave
	.hidden	jumpslot_leave
	.type	jumpslot_leave, @function
jumpslot_leave:				/* on the stack: status */
	mov	4(%esp), %eax
back:
	find	gate, %ecx
	movl	$GATE_OUTSIDE, GATE_STATE(%ecx)
	find	host_stack, %ecx
	mov	(%ecx), %esp
	.cfi_def_cfa %esp, 28
	.cfi_restore %eip
	.cfi_offset %ebp, -8
	.cfi_offset %ebx, -12
	.cfi_offset %esi, -16
	.cfi_offset %edi, -20
	push	$0x202			/* the guest may have set AC or the direction */
	.cfi_adjust_cfa_offset 4
	popf
	.cfi_adjust_cfa_offset -4
	ldmxcsr	(%esp)
	fninit
	fldcw	4(%esp)
	add	$8, %esp
	.cfi_adjust_cfa_offset -8
	pop	%edi
	.cfi_adjust_cfa_offset -4
	pop	%esi
	.cfi_adjust_cfa_offset -4
	pop	%ebx
	.cfi_adjust_cfa_offset -4
	pop	%ebp
	.cfi_adjust_cfa_offset -4
	ret
	.cfi_endproc
	.size	jumpslot_enter, . - jumpslot_enter

	.local	host_stack
	.comm	host_stack, 4, 4

	.section .note.GNU-stack,"",@progbits
