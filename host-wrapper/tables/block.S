/*
 * The block of built_in.h, which the build writes from the runners.
 */
	.section .rodata
	.balign	8
	.globl	jumpslot_built_in
	.hidden	jumpslot_built_in
	.type	jumpslot_built_in, @object
jumpslot_built_in:
	.incbin	BUILT_IN_TABLES
	.size	jumpslot_built_in, . - jumpslot_built_in

	.section .note.GNU-stack, "", @progbits
