/* The start of a partition library: its own start, then that of the guest. */
#include "common/asm_i386.h"

	.text
ROOT_FUNC(_start)
	.cfi_def_cfa %esp, 4
	push_cfi %eax			/* Multiboot's number and information, and the */
	push_cfi %ebx			/* start information */
	push_cfi %edx
	call	library_start
	pop_cfi	%edx
	pop_cfi	%ebx
	pop_cfi	%eax
	jmp	*library_map
END(_start)

	.section .note.GNU-stack,"",@progbits
