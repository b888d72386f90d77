/*
 * RTEMS's five i386 hooks, which its build option RTEMS_PARAVIRT leaves to the BSP, over
 * the level of virt_cpu.h.
 *
 * One C or C++ file of the BSP defines them, for all that have just RTEMS's declarations:
 *
 *	#include <rtems/score/cpu.h>
 *	#define JUMPSLOT_RTEMS_PARAVIRT_DEFINE
 *	#include <jumpslot/rtems_paravirt.h>
 *
 * A second such file, or none, is a link error. Any other file may include this header,
 * before or behind RTEMS's own, and then has them inline.
 *
 * A cookie is what RTEMS takes for EFLAGS. Bit 9 of it counts, IF, which is set while
 * interrupts are enabled; the others are 0, and not looked at. From a handler: all five.
 * Depends on virt_cpu.h.
 */
#ifndef JUMPSLOT_RTEMS_PARAVIRT_H
#define JUMPSLOT_RTEMS_PARAVIRT_H

#include "virt_cpu.h"

#ifndef JUMPSLOT_PROVIDER

#define JUMPSLOT_RTEMS_ENABLED 0x200 /* EFLAGS.IF; RTEMS's EFLAGS_INTR_ENABLE */

/*
 * RTEMS declares them without `static`. Inline ones have names of their own for that; the
 * macros turn declarations that follow into declarations of these.
 */
#ifdef JUMPSLOT_RTEMS_PARAVIRT_DEFINE
#define JUMPSLOT_RTEMS_HOOK
#else
#define JUMPSLOT_RTEMS_HOOK	 static inline
#define i386_disable_interrupts	 jumpslot_i386_disable_interrupts
#define i386_enable_interrupts	 jumpslot_i386_enable_interrupts
#define i386_flash_interrupts	 jumpslot_i386_flash_interrupts
#define i386_set_interrupt_level jumpslot_i386_set_interrupt_level
#define i386_get_interrupt_level jumpslot_i386_get_interrupt_level
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Disables; returns the cookie of before. */
JUMPSLOT_RTEMS_HOOK uint32_t i386_disable_interrupts(void)
{
	/* In parentheses, as virt_2013.h has a macro of that name. */
	return (_CPU_Virtual_Interrupts_disable)() ? 0 : JUMPSLOT_RTEMS_ENABLED;
}

/* As the cookie says; what is deliverable then has been delivered when this returns. */
JUMPSLOT_RTEMS_HOOK void i386_enable_interrupts(uint32_t cookie)
{
	_CPU_Virtual_Interrupts_enable(!(cookie & JUMPSLOT_RTEMS_ENABLED));
}

/* The same, and disabled when it returns. */
JUMPSLOT_RTEMS_HOOK void i386_flash_interrupts(uint32_t cookie)
{
	_CPU_Virtual_Interrupts_flash(!(cookie & JUMPSLOT_RTEMS_ENABLED));
}

/* 0 enables, and delivers before it returns; anything else disables. */
JUMPSLOT_RTEMS_HOOK void i386_set_interrupt_level(uint32_t level)
{
	_CPU_Virtual_Interrupts_enable(level != 0);
}

/* 0 while enabled, 1 while disabled. */
JUMPSLOT_RTEMS_HOOK uint32_t i386_get_interrupt_level(void)
{
	return (_CPU_Virtual_Interrupts_get_level)() != 0;
}

#ifdef __cplusplus
}
#endif

#undef JUMPSLOT_RTEMS_HOOK
#endif
#endif
