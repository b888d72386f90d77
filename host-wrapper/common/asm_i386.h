/* Scaffolding of i386's assembly files: asm_x86.h, and variables found by position. */
#ifndef JUMPSLOT_ASM_I386_H
#define JUMPSLOT_ASM_I386_H

#ifdef __ASSEMBLER__
/* clang-format off */
#include "common/asm_x86.h"

	/* Loads the address of a variable, wherever this program was loaded. `pushed`:
	   WORD if the CFA is computed from the stack pointer. */
	.macro	find variable, register, pushed=0
	call	1f
1:	.cfi_adjust_cfa_offset \pushed
	pop	\register
	.cfi_adjust_cfa_offset -\pushed
	lea	\variable - 1b(\register), \register
	.endm

/* clang-format on */
#endif
#endif
