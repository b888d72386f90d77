/*
 * Promises of docs/porting-an-rtos.md about the host: periods in the past count as
 * missed, and several threads may wait for events at the same time.
 */
#include <stdbool.h>
#include "../../lib/interrupts_case.h"
#include "../../lib/switch_stacks.h"

#define PERIOD (100 * MICROSECOND)
#define PAST   50
#define WAITS  200

static volatile unsigned ticks, waits[2], running;
static void *threads[2];
static volatile bool switching;

static void interrupt(int vector, void *frame)
{
	unsigned self = running;

	EXPECT(_CPU_Virtual_Irq_ack(vector) == 0);
	ticks++;
	if (!switching)
		return;
	__jumpslot_vcpu.nesting = ((struct jumpslot_interrupt_frame *)frame)->nesting;
	running = 1 - self;
	switch_stacks(&threads[self], threads[1 - self]);
	EXPECT(running == self);
}

static int start(void)
{
	CHECK(_CPU_Virtual_Set_handler(interrupt) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	return 0;
}

static int past_periods_are_missed(void)
{
	uint32_t missed = 0;

	CHECK(!start());
	while (_BSP_Virtual_Clock_read() < (PAST + 1) * PERIOD)
		;
	CHECK(_BSP_Virtual_Clock_periodic(0, PERIOD) == 0);
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	_CPU_Virtual_Interrupts_open();
	CHECK(REACHES((missed += _BSP_Virtual_Clock_backlog()) >= PAST));
	CHECK(ticks == 1);
	return 0;
}

static void wait_many_times(unsigned number)
{
	while (waits[0] < WAITS || waits[1] < WAITS) {
		EXPECT(_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) == 0);
		EXPECT(running == number && __jumpslot_vcpu.nesting == 0);
		EXPECT(_CPU_Virtual_Interrupts_get_level() == 1);
		waits[number]++;
	}
}

static void second_thread(void)
{
	wait_many_times(1);
	for (;;)
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
}

static int threads_wait_at_the_same_time(void)
{
	static char stack[0x20000] __attribute__((__aligned__(16)));

	threads[1] = stack_for(stack + sizeof(stack), second_thread);
	CHECK(!start());
	switching = true;
	CHECK(_BSP_Virtual_Clock_periodic(0, PERIOD) == 0);
	wait_many_times(0);
	CHECK(waits[0] >= WAITS && waits[1] >= WAITS);
	return 0;
}

static const struct test_case cases[] = {
	{ "past", past_periods_are_missed },
	{ "waits", threads_wait_at_the_same_time },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
