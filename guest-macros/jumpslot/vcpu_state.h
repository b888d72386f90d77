/*
 * The virtual CPU's state page in this guest, and the note that names it to the host.
 * Both exist once per image, however many files include this header. With
 * -DJUMPSLOT_LINK_TIME the linker names the page to the host, and there is no note.
 *
 * Guests include virt_cpu.h, which includes this file. Depends on external_func.h and
 * abi/vcpu.h.
 */
#ifndef JUMPSLOT_VCPU_STATE_H
#define JUMPSLOT_VCPU_STATE_H

#include "abi/vcpu.h"
#include "external_func.h"

#ifndef JUMPSLOT_PROVIDER

/* clang-format off */
__asm__("	.pushsection .bss.jumpslot_vcpu,\"awG\",\"nobits\","
	"jumpslot..vcpu,comdat\n"
	"	.balign	" JUMPSLOT_STRING(JUMPSLOT_VCPU_PAGE) "\n"
	"	.globl	__jumpslot_vcpu\n"
	"	.hidden	__jumpslot_vcpu\n"
	"	.type	__jumpslot_vcpu, \"object\"\n"
	"	.size	__jumpslot_vcpu, " JUMPSLOT_STRING(JUMPSLOT_VCPU_PAGE) "\n"
	"__jumpslot_vcpu:\n"
	"	.zero	" JUMPSLOT_STRING(JUMPSLOT_VCPU_PAGE) "\n"
	"	.popsection\n");
#ifndef JUMPSLOT_LINK_TIME
__asm__("	.pushsection .note.jumpslot,\"aGR\",\"note\",jumpslot..vcpu,comdat\n"
	"	.balign	4\n"
	"	.long	9, 8, " JUMPSLOT_STRING(JUMPSLOT_NOTE_VCPU) "\n"
	"	.asciz	\"" JUMPSLOT_NOTE_OWNER "\"\n"
	"	.balign	4\n"
	"	.long	" JUMPSLOT_STRING(JUMPSLOT_VCPU_VERSION) "\n"
	"	.long	__jumpslot_vcpu - .\n"
	"	.popsection\n");
#endif
/* clang-format on */

JUMPSLOT_C_VARIABLE volatile struct jumpslot_vcpu_state __jumpslot_vcpu
	__attribute__((__visibility__("hidden")));

/*
 * The state of this guest's virtual CPU. The address is kept in a register: processors
 * forward a store to a load sooner when both use the same register.
 */
static inline volatile struct jumpslot_vcpu_state *jumpslot_vcpu(void)
{
	volatile struct jumpslot_vcpu_state *state = &__jumpslot_vcpu;

	__asm__("" : "+r"(state));
	return state;
}

#endif
#endif
