/*
 * Ticks from the processor's clock, and tickless idle. See clock.h.
 * Depends only on cpu, panic, sched, timeout and wait.
 */
#include "clock.h"
#include "cpu.h"
#include "panic.h"
#include "sched.h"
#include "timeout.h"
#include "wait.h"

/* Catching up on a long time lets other interrupts in after this many ticks. */
#define OTHERS_EVERY 256

static uint32_t rate, missed;
static bool tickless, held_off;

uint32_t (*clock_count_hook)(uint32_t periods);

uint32_t clock_ticks(void)
{
	return timeout_now();
}

uint32_t clock_rate(void)
{
	return rate;
}

uint32_t clock_missed(void)
{
	return *(volatile uint32_t *)&missed;
}

bool clock_is_tickless(void)
{
	return tickless;
}

static void catch_up(void)
{
	uint32_t periods = cpu_clock_periods();

	missed += cpu_clock_missed();
	held_off = false;
	if (clock_count_hook)
		periods = clock_count_hook(periods);
	while (periods--) {
		sched_tick();
		timeout_tick();
		if (periods % OTHERS_EVERY == OTHERS_EVERY - 1)
			cpu_interrupts_flash();
	}
}

void clock_hold_off(void)
{
	uint32_t periods = timeout_next();

	if (!held_off && periods > 1)
		held_off = cpu_clock_skip(periods);
}

void clock_end_hold_off(void)
{
	if (held_off)
		catch_up();
}

void clock_interrupt(int vector)
{
	(void)vector;
	catch_up();
}

void clock_start(uint32_t rate_wanted, bool wants_tickless)
{
	if (rate_wanted < CLOCK_RATE_MIN || rate_wanted > CLOCK_RATE_MAX)
		kernel_panic("clock rate %u: out of range (expected %u to %u per second)",
			     (unsigned)rate_wanted, CLOCK_RATE_MIN, CLOCK_RATE_MAX);
	rate = rate_wanted;
	tickless = wants_tickless;
	if (!cpu_clock_start(rate))
		kernel_panic("clock rate %u: too fast for this machine", (unsigned)rate);
}

void clock_sleep_until(uint32_t tick)
{
	uint32_t level = cpu_interrupts_disable();
	uint32_t ticks = tick - timeout_now();

	if ((int32_t)ticks > 0)
		wait_in(NULL, ticks);
	cpu_interrupts_enable(level);
}

void clock_sleep(uint32_t ticks)
{
	clock_sleep_until(timeout_now() + ticks);
}
