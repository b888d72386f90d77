/*
 * Floating-point control on x86-64 and i386: MXCSR and the x87 control word. Reads and
 * loads them, and saves, resets and restores both around a call of the guest's handler.
 * Uses no vector register.
 */
#ifndef JUMPSLOT_FLOAT_CONTROL_X86_H
#define JUMPSLOT_FLOAT_CONTROL_X86_H

#include <stdint.h>

#include "registers_x86.h"

/* The exception mask bits of the x87 control word. */
#define FLOAT_X87_MASKED 0x3f

struct float_control {
	uint32_t mxcsr;
	uint16_t x87;
};

static inline uint32_t float_read_mxcsr(void)
{
	uint32_t value;

	__asm__ volatile("stmxcsr %0" : "=m"(value));
	return value;
}

static inline void float_load_mxcsr(uint32_t value)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(value));
}

static inline uint16_t float_read_x87(void)
{
	uint16_t value;

	__asm__ volatile("fnstcw %0" : "=m"(value));
	return value;
}

/*
 * Clears the exception flags first if an exception is unmasked: a flag that other code
 * left raised must not fault here.
 */
static inline void float_load_x87(uint16_t control)
{
	if ((control & FLOAT_X87_MASKED) != FLOAT_X87_MASKED)
		__asm__ volatile("fnclex");
	__asm__ volatile("fldcw %0" : : "m"(control));
}

static inline void float_control_save(struct float_control *saved)
{
	saved->mxcsr = float_read_mxcsr();
	saved->x87 = float_read_x87();
}

static inline void float_control_restore(const struct float_control *saved)
{
	float_load_mxcsr(saved->mxcsr);
	float_load_x87(saved->x87);
}

static inline void float_control_default(void)
{
	float_control_restore(&(const struct float_control){ X86_MXCSR_DEFAULT,
							     X86_X87_CONTROL_DEFAULT });
}

#endif
