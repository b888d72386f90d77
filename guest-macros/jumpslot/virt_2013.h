/*
 * The spellings of 2013, for guests written to the RTEMS project's paravirtual layer of
 * then: _CPU_Virtual_Interrupts_disable(level) assigns to its argument there, and a few
 * functions had other names. To be included in place of virt_cpu.h and virt_bsp.h; new
 * code takes those. Depends on virt_cpu.h and virt_bsp.h.
 */
#ifndef JUMPSLOT_VIRT_2013_H
#define JUMPSLOT_VIRT_2013_H

#include "virt_bsp.h"
#include "virt_cpu.h"

#ifndef JUMPSLOT_PROVIDER

/* Parentheses keep a name from being the macro's. */
#define _CPU_Virtual_Interrupts_disable(level)                                           \
	((void)((level) = (_CPU_Virtual_Interrupts_disable)()))
#define _CPU_Virtual_Interrupts_get_level(level)                                         \
	((void)((level) = (_CPU_Virtual_Interrupts_get_level)()))

static inline void _CPU_Virtual_Idle_thread(void)
{
	_CPU_Virtual_idle_thread();
}

static inline void _CPU_Virtual_Stop_with_error(int error)
{
	_CPU_Virtual_exec_stop_error(error);
}

/* One character; what the host read behind it then is not read any more. */
static inline void _BSP_Virtual_Char_write(char character)
{
	_BSP_Virtual_Console_write(&character, 1);
}

#endif
#endif
