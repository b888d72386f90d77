/*
 * RTEMS's five i386 hooks, which its build option RTEMS_PARAVIRT leaves to the BSP, in
 * terms of the interrupt level of virt_cpu.h.
 *
 * One C or C++ file of the BSP defines them for all files that see RTEMS's declarations:
 *
 *	#include <rtems/score/cpu.h>
 *	#define JUMPSLOT_RTEMS_PARAVIRT_DEFINE
 *	#include <jumpslot/rtems_paravirt.h>
 *
 * A link needs exactly one such file. Any other file may include this
 * header, before or after RTEMS's own, and then calls inline versions.
 *
 * A cookie stands for EFLAGS in RTEMS. Only bit 9 of it counts: IF, which is set while
 * interrupts are enabled. Cookies made here have all other bits 0; cookies passed in may
 * have any. All five may be called from an interrupt handler. Depends on virt_cpu.h.
 */
#ifndef JUMPSLOT_RTEMS_PARAVIRT_H
#define JUMPSLOT_RTEMS_PARAVIRT_H

#include "virt_cpu.h"

#ifndef JUMPSLOT_PROVIDER

#define JUMPSLOT_RTEMS_ENABLED 0x200 /* EFLAGS.IF; RTEMS's EFLAGS_INTR_ENABLE */

/*
 * RTEMS declares the hooks without `static`, so inline versions need other names. The
 * macros also rename RTEMS's declarations, where these follow.
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

/* Disables interrupts. Returns the cookie that describes the previous state. */
JUMPSLOT_RTEMS_HOOK uint32_t i386_disable_interrupts(void)
{
	return _CPU_Virtual_Interrupts_disable() ? 0 : JUMPSLOT_RTEMS_ENABLED;
}

/* Restores the state of the cookie. If that is enabled, pending interrupts have been
 * delivered when this returns. */
JUMPSLOT_RTEMS_HOOK void i386_enable_interrupts(uint32_t cookie)
{
	_CPU_Virtual_Interrupts_enable(!(cookie & JUMPSLOT_RTEMS_ENABLED));
}

/* Restores the state of the cookie, delivers pending interrupts if that is enabled, and
 * disables interrupts again. */
JUMPSLOT_RTEMS_HOOK void i386_flash_interrupts(uint32_t cookie)
{
	_CPU_Virtual_Interrupts_flash(!(cookie & JUMPSLOT_RTEMS_ENABLED));
}

/* Level 0 enables interrupts, and delivers pending ones before it returns; any other
 * level disables them. */
JUMPSLOT_RTEMS_HOOK void i386_set_interrupt_level(uint32_t level)
{
	_CPU_Virtual_Interrupts_enable(level != 0);
}

/* Returns 0 while interrupts are enabled and 1 while they are disabled. */
JUMPSLOT_RTEMS_HOOK uint32_t i386_get_interrupt_level(void)
{
	return _CPU_Virtual_Interrupts_get_level() != 0;
}

#ifdef __cplusplus
}
#endif

#undef JUMPSLOT_RTEMS_HOOK
#endif
#endif
