/*
 * See resolver_stubs.h. The stubs have the instructions of external_stub_x86_64.h but do
 * not use its macros: an assembler needs half a minute for ten thousand of their groups.
 */
#include "resolver_stubs.h"

	.data
	.globl	stub_imports, stub_slots, stub_resolver
	.balign	16
stub_imports:				/* only the addresses matter */
	.fill	STUBS * 16, 1, 0
stub_slots:
	.set	n, 0
	.rept	STUBS
	.quad	stubs + STUB_SIZE * n + BIND_OFFSET
	.set	n, n + 1
	.endr
stub_resolver:
	.quad	0

	.text
bind:					/* stands for __external_bind */
	jmp	*stub_resolver(%rip)

	.globl	stubs
	.balign	STUB_SIZE
stubs:
	.set	n, 0
	.rept	STUBS
	.balign	STUB_SIZE
1:	endbr64
	jmp	*stub_slots + 8 * n(%rip)
	endbr64
	lea	stub_imports + 16 * n(%rip), %r11
	call	bind
	jmp	1b
	.set	n, n + 1
	.endr

	.globl	targets
	.balign	TARGET_SIZE
targets:
	.set	n, 0
	.rept	TARGETS
	.balign	TARGET_SIZE
	mov	$n, %r11d		/* the one register that a call may change */
	jmp	check
	.set	n, n + 1
	.endr

	.macro	general do		/* all general registers that carry arguments */
	\do	pattern + 0(%rip), %rdi
	\do	pattern + 8(%rip), %rsi
	\do	pattern + 16(%rip), %rdx
	\do	pattern + 24(%rip), %rcx
	\do	pattern + 32(%rip), %r8
	\do	pattern + 40(%rip), %r9
	\do	pattern + 48(%rip), %r10
	\do	pattern + 56(%rip), %rax
	.endm

	.macro	vectors do
	\do	0
	\do	1
	\do	2
	\do	3
	\do	4
	\do	5
	\do	6
	\do	7
	.endm

	.macro	same memory, register
	cmp	\memory, \register
	jne	changed
	.endm

	.macro	load_vector number
	movdqu	pattern + 8 * \number(%rip), %xmm\number
	.endm

	.macro	same_vector number
	movdqu	pattern + 8 * \number(%rip), %xmm8
	pcmpeqb	%xmm\number, %xmm8
	pmovmskb %xmm8, %eax
	cmp	$0xffff, %eax
	jne	changed
	.endm

check:
	general	same
	vectors	same_vector
	mov	%r11d, %eax
	ret
changed:
	mov	$-1, %eax
	ret

	.globl	call_stub
	.type	call_stub, %function
call_stub:
	push	%rbx
	imul	$STUB_SIZE, %rdi, %rbx
	lea	stubs(%rip), %rax
	add	%rax, %rbx
	general	mov
	vectors	load_vector
	call	*%rbx
	pop	%rbx
	ret
	.size	call_stub, . - call_stub

	.section .rodata
	.balign	16
pattern:
	.set	n, 1
	.rept	9
	.quad	0x0123456789abcdef * n
	.set	n, n + 2
	.endr

	.section .note.GNU-stack,"",%progbits
