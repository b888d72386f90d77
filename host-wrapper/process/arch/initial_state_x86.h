/*
 * For the way into the guest: gives all vector and x87 registers their initial values, so
 * that the guest finds no value of the host in them. Depends on nothing.
 */
#ifndef JUMPSLOT_INITIAL_STATE_X86_H
#define JUMPSLOT_INITIAL_STATE_X86_H

#ifdef __ASSEMBLER__
/* clang-format off */
/* Intel SDM, volume 1, 13: protection keys are not the guest's, and Linux gives tiles to
 * programs that ask for them. */
#define INITIAL_STATE_COMPONENTS (~(1 << 9 | 1 << 17 | 1 << 18))
#define CPUID_OSXSAVE		 (1 << 27) /* leaf 1, ECX */

	/* `area`: initial_state. Changes AX, BX, CX and DX. */
	.macro	load_initial_state area
	mov	$1, %eax
	cpuid
	test	$CPUID_OSXSAVE, %ecx
	jz	.Lno_xsave\@
	mov	$INITIAL_STATE_COMPONENTS, %eax
	mov	$-1, %edx
	xrstor	\area
	jmp	.Linitial\@
.Lno_xsave\@:
	fxrstor	\area
.Linitial\@:
	.endm
/* clang-format on */
#endif
#endif
