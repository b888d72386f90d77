/*
 * Threads of a guest, which switch as those of an RTOS do. Each guest includes it once.
 */
#ifndef SWITCH_STACKS_H
#define SWITCH_STACKS_H

#include <stdint.h>

/* Leaves this stack at `*from`, and goes on where another one was left, at `to`. */
void switch_stacks(void **from, void *to);
#ifdef __x86_64__
__asm__("switch_stacks:\n"
	"	push	%rbp\n	push	%rbx\n	push	%r12\n	push	%r13\n"
	"	push	%r14\n	push	%r15\n"
	"	mov	%rsp, (%rdi)\n"
	"	mov	%rsi, %rsp\n"
	"	pop	%r15\n	pop	%r14\n	pop	%r13\n	pop	%r12\n"
	"	pop	%rbx\n	pop	%rbp\n"
	"	ret\n");
#define SAVED_REGISTERS 6
#else
__asm__("switch_stacks:\n"
	"	mov	4(%esp), %eax\n"
	"	mov	8(%esp), %ecx\n"
	"	push	%ebp\n	push	%ebx\n	push	%esi\n	push	%edi\n"
	"	mov	%esp, (%eax)\n"
	"	mov	%ecx, %esp\n"
	"	pop	%edi\n	pop	%esi\n	pop	%ebx\n	pop	%ebp\n"
	"	ret\n");
#define SAVED_REGISTERS 4
#endif

/* The stack to switch to: `function` begins on it. It ends at `end`, aligned to 16. */
static inline void *stack_for(void *end, void (*function)(void))
{
	uintptr_t *entry = (uintptr_t *)((uintptr_t)end - 16) - 1;

	entry[0] = 0; /* no caller above it */
	entry[-1] = (uintptr_t)function;
	return entry - 1 - SAVED_REGISTERS;
}

#endif
