/*
 * Thread switch: saves the callee-saved registers (System V i386 psABI, 2.2) in a
 * Context_Control; cpu.c asserts the offsets. Saves neither EFLAGS nor the interrupt
 * level, which cpu.c handles: interrupts are disabled on both sides.
 */
	.text

/* void bsp_switch_registers(Context_Control *run, const Context_Control *heir) */
	.globl	bsp_switch_registers
	.type	bsp_switch_registers, @function
bsp_switch_registers:
	endbr32
	movl	4(%esp), %eax
	movl	8(%esp), %ecx
	movl	%esp, 4(%eax)
	movl	%ebp, 8(%eax)
	movl	%ebx, 12(%eax)
	movl	%esi, 16(%eax)
	movl	%edi, 20(%eax)
.Lload:	movl	4(%ecx), %esp		/* now in the other thread */
	movl	8(%ecx), %ebp
	movl	12(%ecx), %ebx
	movl	16(%ecx), %esi
	movl	20(%ecx), %edi
	ret
	.size	bsp_switch_registers, . - bsp_switch_registers

/* void bsp_load_registers(const Context_Control *heir); never returns */
	.globl	bsp_load_registers
	.type	bsp_load_registers, @function
bsp_load_registers:
	endbr32
	movl	4(%esp), %ecx
	jmp	.Lload
	.size	bsp_load_registers, . - bsp_load_registers

/* A thread's first code: bsp_begin_thread(EBX), then ESI, as if called. The stack pointer
 * is 4 below a multiple of 16. */
	.globl	bsp_thread_entry
	.type	bsp_thread_entry, @function
bsp_thread_entry:
	endbr32
	subl	$8, %esp
	pushl	%ebx
	call	bsp_begin_thread
	addl	$12, %esp
	jmp	*%esi
	.size	bsp_thread_entry, . - bsp_thread_entry

	.section .note.GNU-stack, "", @progbits
