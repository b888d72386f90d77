/*
 * The interrupt level: functions of the paravirtual layer that only access the virtual
 * CPU's state in memory, and so are inline. virt_cpu.h, which guests include, documents
 * them. Depends on external_func.h and vcpu_state.h.
 */
#ifndef JUMPSLOT_VIRT_CPU_INLINE_H
#define JUMPSLOT_VIRT_CPU_INLINE_H

#include "external_func.h"
#include "vcpu_state.h"

/*
 * void jumpslot_interrupts_deliver(void)
 *
 * Delivers the interrupts that are deliverable, if the level is 0. The functions below
 * call it; guests need not. From a handler: yes.
 */
EXTERNAL_FUNC(void, jumpslot_interrupts_deliver)

#ifndef JUMPSLOT_PROVIDER

/* Keeps the compiler from moving memory accesses across a change of the level. */
#define JUMPSLOT_BARRIER() __asm__ volatile("" : : : "memory")

static inline int jumpslot_vcpu_has_deliverable(void)
{
	const uint64_t pending = jumpslot_vcpu()->pending;

	/* Mostly nothing is pending, and the rest takes long in 32 bits. */
	return pending &&
	       (pending & ~jumpslot_vcpu()->masked & ~jumpslot_vcpu()->in_service);
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

static inline void _CPU_Virtual_Set_stack_limit(const void *lowest)
{
	JUMPSLOT_BARRIER();
	jumpslot_vcpu()->stack_limit = (uintptr_t)lowest;
	JUMPSLOT_BARRIER();
}

#endif
#endif
