/* The interrupt level: 0 while the processor's interrupt flag is set, else 1. See
 * ../cpu.h. */
#ifndef RTOS_CPU_LEVEL_H
#define RTOS_CPU_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

#define INTERRUPT_FLAG 0x200u

static inline void cpu_interrupts_open(void)
{
	__asm__ volatile("sti" : : : "memory");
}

static inline void cpu_interrupts_close(void)
{
	__asm__ volatile("cli" : : : "memory");
}

static inline bool cpu_interrupts_are_closed(void)
{
	uint32_t flags;

	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags) : : "memory");
	return !(flags & INTERRUPT_FLAG);
}

static inline uint32_t cpu_interrupts_disable(void)
{
	uint32_t level = cpu_interrupts_are_closed();

	cpu_interrupts_close();
	return level;
}

/* STI enables interrupts after the next instruction. */
static inline void cpu_interrupts_flash(void)
{
	__asm__ volatile("sti\n\tnop\n\tcli" : : : "memory");
}

static inline void cpu_interrupts_enable(uint32_t level)
{
	if (!level)
		cpu_interrupts_open();
}

static inline void cpu_set_stack_limit(const void *lowest)
{
	(void)lowest; /* the processor does not check */
}

#endif
