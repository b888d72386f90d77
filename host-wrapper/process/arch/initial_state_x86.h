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

	/* `area`: initial_state; `xsave`: initial_state_by_xsave. Changes AX and DX. */
	.macro	load_initial_state area, xsave
	cmpb	$0, \xsave
	je	.Lno_xsave\@
	mov	$INITIAL_STATE_COMPONENTS, %eax
	mov	$-1, %edx
	xrstor	\area
	jmp	.Linitial\@
.Lno_xsave\@:
	fxrstor	\area
.Linitial\@:
	.endm
/* clang-format on */
#else
#include <stdbool.h>

/* Whether the processor has XSAVE, and the kernel uses it. */
extern bool initial_state_by_xsave __attribute__((__visibility__("hidden")));

/* Sets initial_state_by_xsave. Before the way into the guest. */
void initial_state_start(void);
#endif
#endif
