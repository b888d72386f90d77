/* Shows the kernel at work, scene by scene, in lines that are the same on every machine.
 */
#include "kernel.h"
#include "print.h"
#include "scenes.h"
#include "stage.h"

static char director_stack[THREAD_MIN_STACK] __attribute__((__aligned__(16)));

static void direct(void *unused)
{
	(void)unused;
	stage_open();
	round_robin();
	preemption();
	inversion();
	chain();
	two_wait();
	changed_places();
	changed_inheritance();
	messages_in_order();
	places();
	interrupts();
	vectors();
	floating_point();
	yielding();
	faults();
	kills();
	sleepers();
	print("%3u the end\n", now());
	kernel_stop(0);
}

const struct application application = {
	.name = "director",
	.clock_rate = 100,
	.main = direct,
	.priority = DIRECTOR,
	.stack = director_stack,
	.stack_size = sizeof(director_stack),
};
