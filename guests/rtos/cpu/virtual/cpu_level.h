/* The interrupt level: a word in memory. See ../cpu.h. */
#ifndef RTOS_CPU_LEVEL_H
#define RTOS_CPU_LEVEL_H

#include <stdbool.h>
#include <stdint.h>
#include <jumpslot/virt_cpu.h>

static inline uint32_t cpu_interrupts_disable(void)
{
	return _CPU_Virtual_Interrupts_disable();
}

static inline void cpu_interrupts_enable(uint32_t level)
{
	_CPU_Virtual_Interrupts_enable(level);
}

static inline void cpu_interrupts_open(void)
{
	_CPU_Virtual_Interrupts_open();
}

static inline void cpu_interrupts_close(void)
{
	_CPU_Virtual_Interrupts_close();
}

static inline void cpu_interrupts_flash(void)
{
	_CPU_Virtual_Interrupts_flash(0);
}

static inline bool cpu_interrupts_are_closed(void)
{
	return _CPU_Virtual_Interrupts_get_level();
}

static inline void cpu_set_stack_limit(const void *lowest)
{
	_CPU_Virtual_Set_stack_limit(lowest);
}

#endif
