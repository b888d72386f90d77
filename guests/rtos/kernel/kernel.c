/* See kernel.h. */
#include <stdarg.h>

#include "clock.h"
#include "console.h"
#include "cpu.h"
#include "kernel.h"
#include "option.h"
#include "print.h"
#include "thread.h"

#define PANIC_STATUS 70

static struct thread idle_thread, main_thread;
static char idle_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));

/* What runs when nobody is ready. */
static void idle(void *unused)
{
	(void)unused;
	if (!clock_is_tickless())
		cpu_idle();
	for (;;) {
		cpu_interrupts_close();
		clock_hold_off();
		cpu_wait();
		cpu_interrupts_open();
	}
}

void kernel_start(void)
{
	thread_init();
	cpu_faults_init();
	console_init();
	thread_create(&idle_thread, "idle", THREAD_IDLE_PRIORITY, idle, NULL, idle_stack,
		      sizeof(idle_stack));
	thread_create(&main_thread, application.name, application.priority,
		      application.main, NULL, application.stack, application.stack_size);
	clock_start(application.clock_rate, option_is_given("tickless"));
	thread_start_first();
}

void kernel_stop(int status)
{
	cpu_interrupts_close();
	cpu_stop(status);
}

void kernel_panic(const char *format, ...)
{
	va_list arguments;

	cpu_interrupts_close();
	print("kernel: ");
	va_start(arguments, format);
	print_list(format, arguments);
	va_end(arguments);
	print("\n");
	cpu_stop(PANIC_STATUS);
}
