/* See interrupt.h. Depends only on clock, cpu and sched. */
#include "clock.h"
#include "cpu.h"
#include "interrupt.h"
#include "sched.h"

static void (*handlers[CPU_VECTORS])(int vector);

static bool is_vector(int vector)
{
	return vector >= 0 && vector < CPU_VECTORS;
}

static bool connect(int vector, void (*handler)(int vector))
{
	if (!is_vector(vector) || handlers[vector])
		return false;
	handlers[vector] = handler;
	if (!cpu_vector_connect(vector))
		handlers[vector] = NULL;
	return handlers[vector];
}

bool interrupt_connect(int vector, void (*handler)(int vector))
{
	uint32_t level = cpu_interrupts_disable();
	bool connected = connect(vector, handler);

	cpu_interrupts_enable(level);
	return connected;
}

bool interrupt_disconnect(int vector)
{
	uint32_t level = cpu_interrupts_disable();
	bool connected = is_vector(vector) && handlers[vector];

	if (connected) {
		cpu_vector_disconnect(vector);
		handlers[vector] = NULL;
	}
	cpu_interrupts_enable(level);
	return connected;
}

void interrupt_handle(int vector)
{
	sched_enter_interrupt();
	if (vector != CPU_VECTOR_CLOCK)
		clock_end_hold_off();
	handlers[vector](vector);
	cpu_vector_acknowledge(vector);
	sched_leave_interrupt();
}
