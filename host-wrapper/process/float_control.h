/*
 * Floating-point control of the guest around a call of its handler: saved, set to what a
 * function expects at first, and put back.
 */
#ifndef JUMPSLOT_FLOAT_CONTROL_H
#define JUMPSLOT_FLOAT_CONTROL_H

#include <stdint.h>

struct float_control {
	uint32_t mxcsr;
	uint16_t x87;
};

static inline void float_control_default(void)
{
	const uint32_t mxcsr = 0x1f80;
	const uint16_t x87 = 0x37f;

	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
	__asm__ volatile("fldcw %0" : : "m"(x87));
}

static inline void float_control_save(struct float_control *saved)
{
	__asm__ volatile("stmxcsr %0" : "=m"(saved->mxcsr));
	__asm__ volatile("fnstcw %0" : "=m"(saved->x87));
}

static inline void float_control_restore(const struct float_control *saved)
{
	/* A handler's flag is no fault of the guest's, which has that exception unmasked. */
	if ((saved->x87 & 0x3f) != 0x3f)
		__asm__ volatile("fnclex");
	__asm__ volatile("ldmxcsr %0" : : "m"(saved->mxcsr));
	__asm__ volatile("fldcw %0" : : "m"(saved->x87));
}

#endif
