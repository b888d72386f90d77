/* The start of a partition library: its own start, then that of the guest. */
#include "common/asm_x86.h"

	.text
ROOT_FUNC(_start)
	.cfi_def_cfa %rsp, 8
	push_cfi %rdi			/* the start information */
	call	library_start
	pop_cfi	%rdi
	jmp	*library_map(%rip)
END(_start)

	.section .note.GNU-stack,"",@progbits
