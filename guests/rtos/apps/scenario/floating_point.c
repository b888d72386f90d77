/* The floating-point unit in threads and handlers. */
#include "clock.h"
#include "cpu.h"
#include "float_unit.h"
#include "interrupt.h"
#include "print.h"
#include "scenes.h"
#include "stage.h"

/* Each thread has its own floating-point control; x87 state of an ended one is lost. */
static bool handler_has_defaults;

static void looks_at_control(int vector)
{
	(void)vector;
	handler_has_defaults = float_has_control(MXCSR_DEFAULT, X87_DEFAULT);
}

static void rounds_to_zero(void *unused)
{
	(void)unused;
	float_set_control(MXCSR_TO_ZERO, X87_TO_ZERO);
	thread_yield();
	cpu_vector_raise(CPU_VECTOR_SOFT);
	say(handler_has_defaults ? "a handler has the defaults" : "?");
	say(float_has_control(MXCSR_TO_ZERO, X87_TO_ZERO) ? "rounds as before" : "?");
}

static void has_defaults(void *unused)
{
	(void)unused;
	say(float_has_control(MXCSR_DEFAULT, X87_DEFAULT) ? "starts with defaults" : "?");
	thread_yield();
	say(float_has_control(MXCSR_DEFAULT, X87_DEFAULT) ? "has them still" : "?");
}

static void leaves_exception(void *unused)
{
	(void)unused;
	float_leave_exception();
	clock_sleep(1);
	say("an exception that nobody looked at is gone");
}

static void faults_in_x87(void *unused)
{
	(void)unused;
	float_fault();
}

void floating_point(void)
{
	print("floating point\n");
	interrupt_connect(CPU_VECTOR_SOFT, looks_at_control);
	start(0, "A", LOW, rounds_to_zero);
	start(1, "B", LOW, has_defaults);
	start(2, "C", LOW, faults_in_x87);
	finish(3);
	say(float_x87_is_empty() ? "x87 is empty" : "x87 is full of what C left");
	start(0, "A", LOW, leaves_exception);
	finish(1);
	interrupt_disconnect(CPU_VECTOR_SOFT);
}
