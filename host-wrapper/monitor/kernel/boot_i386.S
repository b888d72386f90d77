/*
 * The first instructions of the monitor: an ELF file of 32 bits, which Multiboot loaders
 * take, with the 64-bit kernel in it as bytes. Maps the first GiB of physical memory at
 * three addresses (itself, the kernel's image, the window), switches to long mode and
 * jumps to the kernel, which makes tables of its own.
 */
#include "layout.h"

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 3		/* modules begin on pages; amount of memory */

#define PAGE_PRESENT  0x1
#define PAGE_WRITABLE 0x2
#define PAGE_LARGE    0x80
#define TABLE	      (PAGE_PRESENT | PAGE_WRITABLE)

#define CR4_PAE	      0x20
#define MSR_EFER      0xc0000080
#define EFER_LME      0x100
#define EFER_NXE      0x800
#define CPUID_NX      (1 << 20)
#define CPUID_LONG    (1 << 29)

	.code32
	.section .multiboot, "a"
	.balign	4
	.long	MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.text
	.globl	start
start:
	cli
	cld
	mov	%ebx, %esi		/* the Multiboot information */
	mov	$0x80000001, %eax
	cpuid
	and	$(CPUID_NX | CPUID_LONG), %edx
	cmp	$(CPUID_NX | CPUID_LONG), %edx
	jne	no_long_mode
	mov	$directory, %edi
	mov	$(TABLE | PAGE_LARGE), %eax
	mov	$512, %ecx
1:	mov	%eax, (%edi)
	add	$LARGE_PAGE, %eax
	add	$8, %edi
	loop	1b
	movl	$(directory + TABLE), low_pointers
	movl	$(directory + TABLE), high_pointers + 510 * 8
	movl	$(low_pointers + TABLE), root
	movl	$(low_pointers + TABLE), root + 256 * 8
	movl	$(high_pointers + TABLE), root + 511 * 8
	mov	%cr4, %eax
	or	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	$root, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$(EFER_LME | EFER_NXE), %eax
	wrmsr
	mov	%cr0, %eax
	or	$0x80000001, %eax	/* paging, protected mode */
	mov	%eax, %cr0
	lgdt	descriptor
	ljmp	$KERNEL_CODE, $long_mode

	/* "No 64-bit processor" on the serial line of the log. */
no_long_mode:
	mov	$refusal, %esi
	mov	$0x3e8, %edx
1:	lodsb
	test	%al, %al
	jz	2f
	out	%al, %dx
	jmp	1b
2:	hlt
	jmp	2b

	.code64
long_mode:
	mov	%esi, %edi
	mov	$(KERNEL_BASE + KERNEL_PHYSICAL), %rax
	jmp	*%rax

	.section .rodata, "a"
refusal:
	.asciz	"monitor: refused: not a 64-bit processor with NX\n"
	.balign	8
gdt:	.quad	0, 0x00af9a000000ffff, 0x00cf92000000ffff
descriptor:
	.word	. - gdt - 1
	.long	gdt

	.bss
	.balign	4096
root:	.zero	4096
low_pointers: .zero 4096
high_pointers: .zero 4096
directory: .zero 4096

	.section .kernel, "aw"
	.incbin	KERNEL_BINARY

	.section .note.GNU-stack,"",@progbits
