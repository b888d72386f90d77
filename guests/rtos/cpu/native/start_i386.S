/*
 * The entry point for a Multiboot loader (Multiboot Specification 0.6.96, 3.1 and 3.2).
 * The processor is in 32-bit protected mode, with interrupts disabled and without paging,
 * a stack, or a usable GDT. EAX and EBX hold the arguments of native_start(). Other flags
 * and bits of CR0 are undefined.
 */
#define MULTIBOOT_HEADER_MAGIC	0x1badb002
#define MULTIBOOT_MEMORY_INFO	0x2	/* request the memory size */

#define CR0_MONITOR		0x2
#define CR0_EMULATION		0x4
#define CR0_TASK_SWITCHED	0x8
#define CR0_NUMERIC_ERROR	0x20	/* x87 errors raise an exception, not a line */
#define CR4_FXSR_AND_SIMD	0x600	/* OSFXSR, OSXMMEXCPT */

#define CODE_SELECTOR		0x08
#define DATA_SELECTOR		0x10

#define BOOT_STACK		16384

	.section .multiboot, "a"
	.balign	4
	.type	multiboot_header, @object
multiboot_header:
	.long	MULTIBOOT_HEADER_MAGIC
	.long	MULTIBOOT_MEMORY_INFO
	.long	-(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_MEMORY_INFO)
	.size	multiboot_header, . - multiboot_header

	.text
	.globl	_start
	.type	_start, @function
_start:
	cld
	movl	$boot_stack_top, %esp
	lgdt	gdt_register
	ljmp	$CODE_SELECTOR, $1f
1:	movl	$DATA_SELECTOR, %ecx
	movl	%ecx, %ds
	movl	%ecx, %es
	movl	%ecx, %fs
	movl	%ecx, %gs
	movl	%ecx, %ss
	movl	%cr0, %ecx		/* x87 and SSE */
	andl	$~(CR0_EMULATION | CR0_TASK_SWITCHED), %ecx
	orl	$(CR0_MONITOR | CR0_NUMERIC_ERROR), %ecx
	movl	%ecx, %cr0
	movl	%cr4, %ecx
	orl	$CR4_FXSR_AND_SIMD, %ecx
	movl	%ecx, %cr4
	fninit
	pushl	$0			/* align the stack for the call */
	pushl	$0
	pushl	%ebx
	pushl	%eax
	call	native_start
	.size	_start, . - _start

	.section .rodata
	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff	/* code: 4 GiB from 0, ring 0 */
	.quad	0x00cf93000000ffff	/* data: the same */
gdt_end:

gdt_register:
	.word	gdt_end - gdt - 1
	.long	gdt

	.bss
	.balign	16
	.zero	BOOT_STACK
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
