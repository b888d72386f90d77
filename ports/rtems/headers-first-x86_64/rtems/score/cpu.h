/*
 * RTEMS's header of the same name, with the virtual CPU's interrupt level in place of
 * sti, cli and pushf, and with larger stacks: an interrupt writes all registers onto the
 * stack that it interrupts, up to 3.2 KB. Comes before RTEMS's own in the include path.
 *
 * RTEMS's x86-64 port has no option RTEMS_PARAVIRT, so its own functions get other names
 * here, and nothing calls them.
 */
#ifndef JUMPSLOT_RTEMS_CPU_H
#define JUMPSLOT_RTEMS_CPU_H

#ifndef ASM
#include <jumpslot/virt_cpu.h>

#define amd64_enable_interrupts	 amd64_enable_interrupts_by_sti
#define amd64_disable_interrupts amd64_disable_interrupts_by_cli
#include <rtems/score/cpu_asm.h>
#undef amd64_enable_interrupts
#undef amd64_disable_interrupts

static inline void amd64_enable_interrupts(void)
{
	_CPU_Virtual_Interrupts_open();
}

static inline void amd64_disable_interrupts(void)
{
	_CPU_Virtual_Interrupts_close();
}

static inline uint32_t jumpslot_rtems_level(void)
{
	return _CPU_Virtual_Interrupts_get_level() != 0;
}
#endif

#define _CPU_ISR_Get_level _CPU_ISR_Get_level_of_rflags
#include_next <rtems/score/cpu.h>
#undef _CPU_ISR_Get_level
#define _CPU_ISR_Get_level jumpslot_rtems_level

#undef CPU_STACK_MINIMUM_SIZE
#define CPU_STACK_MINIMUM_SIZE 16384

#endif
