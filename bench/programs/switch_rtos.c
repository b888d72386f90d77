/* An application of guests/rtos: two threads of one priority that yield to each other.
 * Prints the ticks of the time stamp counter for each switch. */
#include "kernel.h"
#include "print.h"
#include "thread.h"
#include "calls/call_all.h"
#include "cpu.h"

#define SWITCHES 2000
#define ROUNDS	 100

static char stacks[2][THREAD_MIN_STACK] __attribute__((__aligned__(16)));
static struct thread other;

static void yield_forever(void *argument)
{
	(void)argument;
	for (;;)
		thread_yield();
}

static int switches(int value, long times)
{
	while (times--)
		thread_yield();
	return value;
}

static void measure(void *argument)
{
	(void)argument;
	thread_create(&other, "other", application.priority, yield_forever, NULL,
		      stacks[1], sizeof(stacks[1]));
	for (int i = 0; i < ROUNDS; i++)
		print("%u\n", (unsigned)ticks_of(switches, SWITCHES / 2));
	cpu_stop(0);
}

const struct application application = {
	.name = "switch",
	.clock_rate = 100,
	.main = measure,
	.priority = 1,
	.stack = stacks[0],
	.stack_size = sizeof(stacks[0]),
};
