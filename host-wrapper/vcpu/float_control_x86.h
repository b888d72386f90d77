/*
 * Floating-point control, MXCSR and the x87 control word: read, loaded, and around a call
 * of the guest's handler saved, set to what a function expects at first, and put back.
 * Uses no vector register.
 */
#ifndef JUMPSLOT_FLOAT_CONTROL_H
#define JUMPSLOT_FLOAT_CONTROL_H

#include <stdint.h>

/* The bits of an x87 control word that keep exceptions from being faults. */
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

/* A flag that somebody else raised is no fault of those who have its exception unmasked.
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
	float_control_restore(&(const struct float_control){ 0x1f80, 0x37f });
}

#endif
