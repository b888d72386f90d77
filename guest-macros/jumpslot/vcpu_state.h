/*
 * The virtual CPU's state in this guest, and the operations that are memory alone.
 * virt_cpu.h, which includes this file, says what they mean.
 * Depends on external_func.h.
 */
#ifndef JUMPSLOT_VCPU_STATE_H
#define JUMPSLOT_VCPU_STATE_H

#include "external_func.h"

/*
 * void jumpslot_interrupts_deliver(void)
 *
 * Delivers what is deliverable, if the level is 0. The functions below call it.
 */
EXTERNAL_FUNC(void, jumpslot_interrupts_deliver)

#ifndef JUMPSLOT_PROVIDER

/* Once an image, whatever includes this: the page, and the note that tells a host of it.
 */
__asm__("	.pushsection .bss.jumpslot_vcpu,\"awG\",@nobits,jumpslot..vcpu,comdat\n"
	"	.balign	4096\n"
	"	.globl	__jumpslot_vcpu\n"
	"	.hidden	__jumpslot_vcpu\n"
	"	.type	__jumpslot_vcpu, @object\n"
	"	.size	__jumpslot_vcpu, 4096\n"
	"__jumpslot_vcpu:\n"
	"	.zero	4096\n"
	"	.popsection\n"
	"	.pushsection .note.jumpslot,\"aGR\",@note,jumpslot..vcpu,comdat\n"
	"	.balign	4\n"
	"	.long	9, 8, " JUMPSLOT_STRING(
		JUMPSLOT_NOTE_VCPU) "\n"
				    "	.asciz	\"" JUMPSLOT_NOTE_OWNER "\"\n"
				    "	.balign	4\n"
				    "	.long	" JUMPSLOT_STRING(
					    JUMPSLOT_VCPU_VERSION) "\n"
								   "	.long	"
								   "__jumpslot_vcpu - .\n"
								   "	.popsection\n");

JUMPSLOT_C_VARIABLE volatile struct jumpslot_vcpu_state __jumpslot_vcpu
	__attribute__((__visibility__("hidden")));

/* What the compiler must not move across a change of the level. */
#define JUMPSLOT_BARRIER() __asm__ volatile("" : : : "memory")

/* In a register: processors forward a store to a load better by the same register. */
static inline volatile struct jumpslot_vcpu_state *jumpslot_vcpu(void)
{
	volatile struct jumpslot_vcpu_state *state = &__jumpslot_vcpu;

	__asm__("" : "+r"(state));
	return state;
}

static inline int jumpslot_vcpu_has_deliverable(void)
{
	return (jumpslot_vcpu()->pending & ~jumpslot_vcpu()->masked &
		~jumpslot_vcpu()->in_service) != 0;
}

static inline uint32_t _CPU_Virtual_Interrupts_get_level(void)
{
	return jumpslot_vcpu()->level;
}

static inline uint32_t _CPU_Virtual_Interrupts_disable(void)
{
	uint32_t previous = jumpslot_vcpu()->level;

	jumpslot_vcpu()->level = 1;
	JUMPSLOT_BARRIER();
	return previous;
}

static inline void _CPU_Virtual_Interrupts_enable(uint32_t previous)
{
	JUMPSLOT_BARRIER();
	jumpslot_vcpu()->level = previous;
	JUMPSLOT_BARRIER();
	if (!previous && jumpslot_vcpu_has_deliverable())
		jumpslot_interrupts_deliver();
}

static inline void _CPU_Virtual_Interrupts_flash(uint32_t previous)
{
	_CPU_Virtual_Interrupts_enable(previous);
	_CPU_Virtual_Interrupts_disable();
}

static inline void _CPU_Virtual_Interrupts_open(void)
{
	_CPU_Virtual_Interrupts_enable(0);
}

static inline void _CPU_Virtual_Interrupts_close(void)
{
	_CPU_Virtual_Interrupts_disable();
}

#endif
#endif
