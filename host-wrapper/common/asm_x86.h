/*
 * Scaffolding of assembly files, for both x86 architectures: functions, call-frame
 * information, and entries of the tables in code_table_x86.h. Depends on nothing else.
 */
#ifndef JUMPSLOT_ASM_X86_H
#define JUMPSLOT_ASM_X86_H

#ifdef __ASSEMBLER__
/* clang-format off */
#include "common/code_table_x86.h"

#define WORD __SIZEOF_POINTER__

/* REG(bp): EBP or RBP. */
#ifdef __x86_64__
#define REG(name) %r##name
#else
#define REG(name) %e##name
#endif

#define HIDDEN(name)				\
	.globl	name;				\
	.hidden	name;				\
name:

/* Begins a function that only its own file calls, one that other files call, and one that
 * providers call too. */
#define LOCAL_FUNC(name)			\
	.type	name, @function;		\
name:						\
	.cfi_startproc
#define FUNC(name)				\
	.hidden	name;				\
	EXPORTED_FUNC(name)
#define EXPORTED_FUNC(name)			\
	.globl	name;				\
	LOCAL_FUNC(name)

/* Begins a function that has no caller on its stack: no frame rule holds at first. */
#define ROOT_FUNC(name)				\
	.type	name, @function;		\
	HIDDEN(name)				\
	.cfi_startproc simple

#define END(name)				\
	.cfi_endproc;				\
	.size	name, . - name

	/* Push and pop where the CFA is computed from the stack pointer. */
	.macro	push_cfi operand
	push	\operand
	.cfi_adjust_cfa_offset WORD
	.endm

	.macro	pop_cfi operand
	pop	\operand
	.cfi_adjust_cfa_offset -WORD
	.endm

	/* The same for a register that belongs to the caller. */
	.macro	push_saved register
	push_cfi \register
	.cfi_rel_offset \register, 0
	.endm

	.macro	pop_saved register
	pop_cfi	\register
	.cfi_restore \register
	.endm

	/* Push the frame pointer and make it the base of the frame. */
	.macro	push_frame
	push_saved REG(bp)
	mov	REG(sp), REG(bp)
	.cfi_def_cfa_register REG(bp)
	.endm

	/* Pop it again: the return address is at the stack pointer then. */
	.macro	pop_frame
	pop	REG(bp)
	.cfi_def_cfa REG(sp), WORD
	.cfi_restore REG(bp)
	.endm

	/* The stack pointer changes to another stack here. gdb follows such a frame
	   only in code named __morestack. The symbol is local and has no type, so that
	   backtraces show the function's own name. `end_other_stack` gives it its
	   size. */
	.macro	other_stack
	.local	__morestack
__morestack:
	.endm
	.macro	end_other_stack
	.size	__morestack, . - __morestack
	.endm

	/* Where a frame's registers are in a structure that EBX or RBX points to, at
	   offsets below 8192, in DWARF's bytes. DW_CFA_expression: number of the
	   register, 3 bytes: DW_OP_breg3 and an offset of 2 bytes. */
	.macro	cfi_register_at_bx number, offset
	.cfi_escape 0x10, \number, 3, 0x73, (\offset & 0x7f) | 0x80, (\offset) >> 7
	.endm

	/* The same for the stack pointer, which is the CFA. DW_CFA_def_cfa_expression, 4
	   bytes: DW_OP_breg3, the offset, DW_OP_deref. */
	.macro	cfi_sp_at_bx offset
	.cfi_escape 0x0f, 4, 0x73, (\offset & 0x7f) | 0x80, (\offset) >> 7, 0x06
	.endm

	/* An entry of the table of ranges: CODE_*, and two labels. */
	.macro	code_range kind, start, end
	.pushsection jumpslot_ranges, "a"
	.balign	4
	.long	\start - .
	.long	\end - .
	.long	\kind
	.popsection
	.endm

	/* Stop here; the fault handler reports that OUTCOME_*. */
	.macro	stop outcome
.Lstop\@:
	ud2
	.pushsection jumpslot_stops, "a"
	.balign	4
	.long	.Lstop\@ - .
	.long	\outcome
	.popsection
	.endm

/* clang-format on */
#endif
#endif
