/*
 * Functions that the kvm host runs inside the virtual machine. Arguments: the case and a
 * number of rounds. The exit status is 0 if nothing was wrong.
 */
#include "../../lib/interrupts_case.h"

static volatile unsigned came;
static volatile uint64_t came_at;

static void count(int vector, void *frame)
{
	(void)frame;
	came_at = _BSP_Virtual_Clock_read();
	came++;
	_CPU_Virtual_Irq_ack(vector);
}

static int begin(void)
{
	CHECK(_CPU_Virtual_Set_handler(count) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_CPU_Virtual_Irq_request(SOFT) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	_CPU_Virtual_Interrupts_open();
	return 0;
}

static int time_goes_on(void)
{
	uint64_t last = _BSP_Virtual_Clock_read();

	CHECK(!begin());
	CHECK(_BSP_Virtual_Clock_periodic(0, period_of(MILLISECOND)) == 0);
	for (uint32_t i = number_argument(2); i-- > 0;) {
		const uint64_t now = _BSP_Virtual_Clock_read();

		CHECK(now >= last);
		last = now;
	}
	return 0;
}

/* The handler, and what runs after a wait, find the time for which they were set. */
static int time_is_the_timers(void)
{
	uint32_t state = 362436069;

	CHECK(!begin());
	for (uint32_t i = number_argument(2); i-- > 0;) {
		const unsigned before = came;
		const uint64_t at = _BSP_Virtual_Clock_read() + 50 * MICROSECOND +
				    random_next(&state) % (2 * MILLISECOND);

		CHECK(_BSP_Virtual_Clock_oneshot(at) == 0);
		CHECK(REACHES(came != before));
		CHECK(came_at >= at);
		_CPU_Virtual_Interrupts_close();
		CHECK(_CPU_Virtual_Wait_for_event(came_at + 100 * MICROSECOND) ==
		      -EAGAIN);
		CHECK(_BSP_Virtual_Clock_read() >= came_at + 100 * MICROSECOND);
		_CPU_Virtual_Interrupts_open();
	}
	return 0;
}

/* Each of the functions, `rounds` times. */
static int without_an_exit(void)
{
	CHECK(!begin());
	for (uint32_t i = number_argument(2); i-- > 0;) {
		const unsigned before = came;
		const uint32_t level = _CPU_Virtual_Interrupts_disable();

		CHECK(_CPU_Virtual_Irq_raise(SOFT) == 0);
		CHECK(_CPU_Virtual_Irq_mask(SOFT) == 0);
		CHECK(_CPU_Virtual_Interrupts_get_level() == 1);
		_CPU_Virtual_Interrupts_flash(level);
		CHECK(came == before);
		CHECK(_CPU_Virtual_Irq_unmask(SOFT) == 0);
		CHECK(_CPU_Virtual_Irq_state(SOFT) > 0);
		_CPU_Virtual_Interrupts_enable(level);
		CHECK(came == before + 1);
		CHECK(_CPU_Virtual_Irq_clear(SOFT) == 0);
	}
	return 0;
}

static const struct test_case cases[] = {
	{ "goes-on", time_goes_on },
	{ "timer", time_is_the_timers },
	{ "exits", without_an_exit },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
