/*
 * A guest on a clock of its own (--clock guest). Arguments: the case, and the seconds of
 * an hour. It counts its work between two periods of a clock, of 1 kHz or, on a slow
 * machine, less. The exit status is 0 if nothing was wrong.
 */
#include "../../lib/interrupts_case.h"

#define PERIODS 300
#define READS	20
#define LINE_5	5

/* Time for the guest's own work, too: an interrupt costs several calls of the host. */
static uint64_t period;
static volatile uint32_t work, work_at_last;
static volatile unsigned ticks, idle_periods, lines;
static uint64_t hour;

static void isr(int vector, void *frame)
{
	(void)frame;
	if (vector == CLOCK) {
		if (ticks++ && work == work_at_last)
			idle_periods++;
		work_at_last = work;
	} else {
		lines++;
	}
	_CPU_Virtual_Irq_ack(vector);
}

static void choose_period(void)
{
	const uint64_t start = _BSP_Virtual_Clock_read();

	for (unsigned i = 0; i < READS; i++)
		_BSP_Virtual_Clock_read();
	period = (_BSP_Virtual_Clock_read() - start) / READS * 50;
	if (period < MILLISECOND)
		period = MILLISECOND;
}

static int begin(void)
{
	choose_period();
	CHECK(_CPU_Virtual_Set_handler(isr) == 0);
	CHECK(_CPU_Virtual_Irq_request(CLOCK) == 0);
	CHECK(_BSP_Virtual_Clock_init() == 0);
	return 0;
}

/* Starts the clock; its first period ends one period from now. */
static int begin_ticking(uint64_t *start)
{
	CHECK(!begin());
	*start = _BSP_Virtual_Clock_read();
	CHECK(_BSP_Virtual_Clock_periodic(*start + period, period) == 0);
	return 0;
}

static int works(void)
{
	uint64_t start;

	CHECK(!begin_ticking(&start));
	_CPU_Virtual_Interrupts_open();
	while (ticks < PERIODS)
		work++;
	CHECK(_BSP_Virtual_Clock_read() - start >= PERIODS * period);
	CHECK(idle_periods == 0);
	CHECK(_BSP_Virtual_Clock_backlog() == 0);
	return 0;
}

/* Periods that end while interrupts are disabled come later, one by one. */
static int disables(void)
{
	uint64_t start;

	CHECK(!begin_ticking(&start));
	while (_BSP_Virtual_Clock_read() - start < 30 * period)
		;
	_CPU_Virtual_Interrupts_open();
	while (ticks < 40)
		work++;
	CHECK(idle_periods == 0);
	CHECK(_BSP_Virtual_Clock_backlog() == 0);
	return 0;
}

/* Sleeps for hours, by deadlines and by the clock. */
static int skips(void)
{
	uint64_t start;

	CHECK(!begin());
	start = _BSP_Virtual_Clock_read();
	CHECK(_CPU_Virtual_Wait_for_event(start + hour) == -EAGAIN);
	CHECK(_BSP_Virtual_Clock_read() >= start + hour);
	start = _BSP_Virtual_Clock_read();
	CHECK(_BSP_Virtual_Clock_oneshot(start + hour) == 0);
	CHECK(_CPU_Virtual_Wait_for_event(start + hour / 2) == -EAGAIN && ticks == 0);
	CHECK(_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) == 0 && ticks == 1);
	CHECK(_BSP_Virtual_Clock_read() >= start + hour);
	CHECK(_BSP_Virtual_Clock_periodic(start + 2 * hour, hour) == 0);
	for (unsigned i = 0; i < 100; i++)
		CHECK(_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) == 0);
	CHECK(ticks == 101);
	CHECK(_BSP_Virtual_Clock_read() >= start + 101 * hour);
	CHECK(_CPU_Virtual_Wait_for_event(0) == -EAGAIN);
	return 0;
}

/* A one-shot comes while the guest works, and as often as it sets one. */
static int tickless(void)
{
	CHECK(!begin());
	_CPU_Virtual_Interrupts_open();
	for (unsigned i = 0; i < 50; i++) {
		uint64_t at = _BSP_Virtual_Clock_read() + period / 2;

		CHECK(_BSP_Virtual_Clock_oneshot(at) == 0);
		while (ticks == i)
			work++;
		CHECK(ticks == i + 1 && _BSP_Virtual_Clock_read() >= at);
	}
	CHECK(idle_periods == 0);
	return 0;
}

/* Periods before the clock was set are missed, as on the host's clock. A slow machine may
 * bring more than one of those that end after it was set. */
static int past(void)
{
	uint64_t set;
	unsigned seen;

	CHECK(!begin());
	while (_BSP_Virtual_Clock_read() < 10 * period)
		;
	set = _BSP_Virtual_Clock_read();
	CHECK(_BSP_Virtual_Clock_periodic(0, period) == 0);
	CHECK(_BSP_Virtual_Clock_backlog() >= 9);
	CHECK(_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER) == 0);
	seen = ticks;
	CHECK(seen >= 1 && (seen - 1) * period <= _BSP_Virtual_Clock_read() - set);
	CHECK(_BSP_Virtual_Clock_stop() == 0);
	return 0;
}

/* Waits for a line, by itself or beside a clock that ticks. */
static int waits_for_line(int has_clock)
{
	uint64_t start;

	CHECK(has_clock ? !begin_ticking(&start) : !begin());
	CHECK(_CPU_Virtual_Irq_request(LINE_5) == 0);
	while (has_clock && ticks < 10)
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
	print("ready\n");
	while (!lines) /* a deadline in centuries never comes */
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER - 1);
	CHECK(has_clock || _BSP_Virtual_Clock_read() < hour);
	return 0;
}

static int line_alone(void)
{
	return waits_for_line(0);
}

static int line_and_clock(void)
{
	return waits_for_line(1);
}

static const struct test_case cases[] = {
	{ "works", works },
	{ "disables", disables },
	{ "skips", skips },
	{ "tickless", tickless },
	{ "past", past },
	{ "line", line_alone },
	{ "line-and-clock", line_and_clock },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	hour = number_argument(2) * SECOND;
	return run_case(cases, sizeof(cases) / sizeof(*cases));
}
