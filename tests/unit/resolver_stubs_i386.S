/*
 * See resolver_stubs.h. The stubs have the instructions of external_stub_i386.h but do
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
	.long	stubs + STUB_SIZE * n + BIND_OFFSET
	.set	n, n + 1
	.endr
stub_resolver:
	.long	0

	.text
bind:					/* stands for __external_bind */
	jmp	*stub_resolver

	.globl	stubs
	.balign	STUB_SIZE
stubs:
	.set	n, 0
	.rept	STUBS
	.balign	STUB_SIZE
1:	endbr32
	jmp	*stub_slots + 4 * n
	endbr32
	push	$stub_imports + 16 * n
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
	push	$n			/* a call may change no register here */
	jmp	check
	.set	n, n + 1
	.endr

	.macro	general do		/* all that any convention uses */
	\do	pattern + 0, %eax
	\do	pattern + 4, %ecx
	\do	pattern + 8, %edx
	\do	pattern + 12, %ebx
	\do	pattern + 16, %esi
	\do	pattern + 20, %edi
	\do	pattern + 24, %ebp
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
	movdqa	pattern + 16 * \number, %xmm\number
	.endm

	.macro	same_vector number
	pcmpeqb	pattern + 16 * \number, %xmm\number
	pmovmskb %xmm\number, %eax
	cmp	$0xffff, %eax
	jne	changed
	.endm

check:
	general	same
	vectors	same_vector
	pop	%eax
	ret
changed:
	pop	%eax
	mov	$-1, %eax
	ret

	.globl	call_stub
	.type	call_stub, %function
call_stub:				/* 4(%esp) index */
	push	%ebx
	push	%esi
	push	%edi
	push	%ebp
	imul	$STUB_SIZE, 20(%esp), %eax
	add	$stubs, %eax
	push	%eax
	general	mov
	vectors	load_vector
	call	*(%esp)
	add	$4, %esp
	pop	%ebp
	pop	%edi
	pop	%esi
	pop	%ebx
	ret
	.size	call_stub, . - call_stub

	.section .rodata
	.balign	16
pattern:
	.set	n, 1
	.rept	32
	.long	0x01234567 * n
	.set	n, n + 2
	.endr

	.section .note.GNU-stack,"",%progbits
