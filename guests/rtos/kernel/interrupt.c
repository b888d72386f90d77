/* See interrupt.h. */
#include "clock.h"
#include "cpu.h"
#include "interrupt.h"
#include "kernel.h"
#include "thread.h"

static void (*handlers[CPU_VECTORS])(int vector);
static unsigned active;

bool interrupt_connect(int vector, void (*handler)(int vector))
{
	handlers[vector] = handler;
	return cpu_vector_connect(vector);
}

bool interrupt_disconnect(int vector)
{
	return cpu_vector_disconnect(vector);
}

bool interrupt_is_active(void)
{
	return active;
}

void interrupt_handle(int vector)
{
	active++;
	if (vector != CPU_VECTOR_CLOCK)
		clock_end_hold_off();
	handlers[vector](vector);
	cpu_vector_acknowledge(vector);
	active--;
}
