/*
 * The functions of gate.h that change the host's rounding. This provider's code loads
 * MXCSR, so the gate reads it when they return; it does not for gate_provider.c.
 */
#include <jumpslot/provider.h>
#include "gate.h"
EF(toggle_rounding)
EF(toggle_rounding_variadic)

/* Toggles the rounding, and overwrites the stack below its caller's frame. */
static void toggle(void)
{
	volatile char room[128];
	unsigned mxcsr;

	for (unsigned i = 0; i < sizeof(room); i++)
		room[i] = 0;
	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	mxcsr ^= 0x4000;
	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

void toggle_rounding(void)
{
	toggle();
}

void toggle_rounding_variadic(int zero, ...)
{
	(void)zero;
	toggle();
}
