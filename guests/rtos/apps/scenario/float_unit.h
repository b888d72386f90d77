/*
 * What a thread can do to its floating-point unit, x87 and SSE, and see of it. For i386
 * and x86-64. Depends on <stdbool.h> and <stdint.h> alone.
 */
#ifndef RTOS_FLOAT_UNIT_H
#define RTOS_FLOAT_UNIT_H

#include <stdbool.h>
#include <stdint.h>

/* Control words: as at a start, rounding towards zero, and x87's with exceptions. */
#define MXCSR_DEFAULT  0x1f80u
#define MXCSR_TO_ZERO  0x7f80u
#define MXCSR_CONTROL  0xffc0u /* the bits that are not exceptions seen */
#define X87_DEFAULT    0x37fu
#define X87_TO_ZERO    0xf7fu
#define X87_BY_ZERO    0x37bu /* division by zero is a fault */
#define X87_INEXACT    0x35fu /* and so is a rounded result */
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

/* Whether no x87 register is in use. */
static inline bool float_x87_is_empty(void)
{
	struct {
		uint32_t control, status, tags, others[4];
	} environment;

	__asm__ volatile("fnstenv %0\n\tfldcw %0" : "=m"(environment));
	return (uint16_t)environment.tags == X87_TAGS_EMPTY;
}

/* Divides one by zero, which is a fault, with all of x87's registers in use. */
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

/* Leaves an exception behind that x87's next instruction would find. */
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
