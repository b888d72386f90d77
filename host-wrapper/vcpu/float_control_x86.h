/*
 * Floating-point control on x86-64 and i386: MXCSR and the x87 control word. Reads and
 * loads them, and saves, resets and restores both around a call of the guest's handler,
 * with an x87 exception that is pending. Uses no vector register.
 */
#ifndef JUMPSLOT_FLOAT_CONTROL_X86_H
#define JUMPSLOT_FLOAT_CONTROL_X86_H

#include <stdbool.h>
#include <stdint.h>

#include "registers_x86.h"

/* The exception mask bits of the x87 control word. */
#define FLOAT_X87_MASKED 0x3f

/* FNSTENV's format: control word, status word, tag word, the last instruction. */
struct x87_environment {
	uint32_t words[7];
};

struct float_control {
	uint32_t mxcsr;
	uint16_t x87;
	struct x87_environment environment; /* if `x87` unmasks an exception */
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

static inline bool float_unmasks(uint16_t control)
{
	return (control & FLOAT_X87_MASKED) != FLOAT_X87_MASKED;
}

/*
 * Clears the exception flags first if an exception is unmasked: a flag that other code
 * left raised must not fault here.
 */
static inline void float_load_x87(uint16_t control)
{
	if (float_unmasks(control))
		__asm__ volatile("fnclex");
	__asm__ volatile("fldcw %0" : : "m"(control));
}

/* Most x87 instructions would raise a pending exception, FLDCW and FLDENV too. */
static inline void float_drop_pending(void)
{
	uint16_t status;

	__asm__ volatile("fnstsw %0" : "=m"(status));
	if (status & X86_X87_PENDING)
		__asm__ volatile("fnclex");
}

/* Drops a pending exception after saving it. */
static inline void float_control_save(struct float_control *saved)
{
	saved->mxcsr = float_read_mxcsr();
	saved->x87 = float_read_x87();
	if (float_unmasks(saved->x87))
		__asm__ volatile("fnstenv %0; fnclex" : "=m"(saved->environment));
}

/* Makes an exception pending again that was pending when `saved` was filled, and raises
 * none. */
static inline void float_control_restore(const struct float_control *saved)
{
	float_load_mxcsr(saved->mxcsr);
	float_drop_pending();
	if (float_unmasks(saved->x87))
		__asm__ volatile("fldenv %0" : : "m"(saved->environment));
	else
		__asm__ volatile("fldcw %0" : : "m"(saved->x87));
}

static inline void float_control_default(void)
{
	float_load_mxcsr(X86_MXCSR_DEFAULT);
	float_drop_pending();
	float_load_x87(X86_X87_CONTROL_DEFAULT);
}

#endif
