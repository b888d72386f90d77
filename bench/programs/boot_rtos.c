/* An application of guests/rtos that ends as soon as it runs. */
#include "cpu.h"
#include "kernel.h"
#include "print.h"
#include "thread.h"

static char stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));

static void end(void *argument)
{
	(void)argument;
	print("booted\n");
	cpu_stop(0);
}

const struct application application = {
	.name = "boot",
	.clock_rate = 100,
	.main = end,
	.priority = 1,
	.stack = stack,
	.stack_size = sizeof(stack),
};
