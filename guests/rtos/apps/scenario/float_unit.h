/*
 * Access to a thread's floating-point unit, x87 and SSE, on i386 and x86-64.
 * Depends only on <stdbool.h> and <stdint.h>.
 */
#ifndef RTOS_FLOAT_UNIT_H
#define RTOS_FLOAT_UNIT_H

#include <stdbool.h>
#include <stdint.h>

/* Control words: the initial ones, rounding to zero, and x87 exceptions unmasked. */
#define MXCSR_DEFAULT  0x1f80u
#define MXCSR_TO_ZERO  0x7f80u
#define MXCSR_CONTROL  0xffc0u /* without the exception flags */
#define X87_DEFAULT    0x37fu
#define X87_TO_ZERO    0xf7fu
#define X87_BY_ZERO    0x37bu /* division by zero faults */
#define X87_INEXACT    0x35fu /* a rounded result faults */
#define X87_TAGS_EMPTY 0xffffu

static inline void float_set_control(uint32_t mxcsr, uint16_t x87)
{
	__asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(x87));
}

static inline bool float_has_control(uint32_t mxcsr, uint16_t x87)
{
	uint32_t is_mxcsr;
	uint16_t is_x87;

	__asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(is_mxcsr), "=m"(is_x87));
	return (is_mxcsr & MXCSR_CONTROL) == mxcsr && is_x87 == x87;
}

/* Whether all x87 registers are empty. */
static inline bool float_x87_is_empty(void)
{
	struct {
		uint32_t control, status, tags, others[4];
	} environment;

	__asm__ volatile("fnstenv %0\n\tfldcw %0" : "=m"(environment));
	return (uint16_t)environment.tags == X87_TAGS_EMPTY;
}

/* Divides by zero, which faults, with all x87 registers in use. */
static inline void float_fault(void)
{
	const uint16_t x87 = X87_BY_ZERO;

	__asm__ volatile(
		"fldcw %0\n\t"
		"fld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfldz\n\tfld1\n\t"
		"fdiv %%st(1), %%st\n\tfwait"
		:
		: "m"(x87)
		: "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)");
}

/* Leaves an exception pending, which the next x87 instruction would raise. */
static inline void float_leave_exception(void)
{
	const uint16_t x87 = X87_INEXACT;
	const uint16_t three = 3;
	float third;

	__asm__ volatile("fld1\n\tfidivs %1\n\tfstps %0\n\tfldcw %2"
			 : "=m"(third)
			 : "m"(three), "m"(x87)
			 : "st");
}

#endif
