/*
 * Thread switch: saves the callee-saved registers (System V psABI, 3.2.1) in a
 * Context_Control; cpu.c asserts the offsets. Saves neither RFLAGS nor the interrupt
 * level, which cpu.c handles: interrupts are disabled on both sides.
 */
	.text

/* void bsp_switch_registers(Context_Control *run, const Context_Control *heir) */
	.globl	bsp_switch_registers
	.type	bsp_switch_registers, @function
bsp_switch_registers:
	endbr64
	movq	%rbx, 8(%rdi)
	movq	%rsp, 16(%rdi)
	movq	%rbp, 24(%rdi)
	movq	%r12, 32(%rdi)
	movq	%r13, 40(%rdi)
	movq	%r14, 48(%rdi)
	movq	%r15, 56(%rdi)
.Lload:	movq	8(%rsi), %rbx
	movq	16(%rsi), %rsp		/* now in the other thread */
	movq	24(%rsi), %rbp
	movq	32(%rsi), %r12
	movq	40(%rsi), %r13
	movq	48(%rsi), %r14
	movq	56(%rsi), %r15
	ret
	.size	bsp_switch_registers, . - bsp_switch_registers

/* void bsp_load_registers(const Context_Control *heir); never returns */
	.globl	bsp_load_registers
	.type	bsp_load_registers, @function
bsp_load_registers:
	endbr64
	movq	%rdi, %rsi
	jmp	.Lload
	.size	bsp_load_registers, . - bsp_load_registers

/* A thread's first code: bsp_begin_thread(RBX), then R12, as if called. The stack pointer
 * is 8 below a multiple of 16. */
	.globl	bsp_thread_entry
	.type	bsp_thread_entry, @function
bsp_thread_entry:
	endbr64
	subq	$8, %rsp
	movq	%rbx, %rdi
	call	bsp_begin_thread
	addq	$8, %rsp
	jmp	*%r12
	.size	bsp_thread_entry, . - bsp_thread_entry

	.section .note.GNU-stack, "", @progbits
