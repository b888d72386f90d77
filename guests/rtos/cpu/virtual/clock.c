/*
 * Periods, counted by the host's clock, so that neither interrupts that fell together nor
 * those that were not wanted make the time wrong.
 */
#include <jumpslot/virt_bsp.h>

#include "cpu.h"

#define SECOND 1000000000u

static uint64_t period;	 /* ns */
static uint64_t counted; /* up to this time; at the end of a period */
static bool skipping;

static void go_on(void)
{
	_BSP_Virtual_Clock_periodic(counted + period, period);
	skipping = false;
}

void cpu_clock_start(uint32_t rate)
{
	period = SECOND / rate;
	_BSP_Virtual_Clock_init();
	counted = _BSP_Virtual_Clock_read();
	go_on();
}

uint32_t cpu_clock_periods(void)
{
	const uint64_t periods = (_BSP_Virtual_Clock_read() - counted) / period;

	counted += periods * period;
	if (skipping)
		go_on();
	return (uint32_t)periods;
}

uint32_t cpu_clock_missed(void)
{
	return _BSP_Virtual_Clock_backlog();
}

bool cpu_clock_skip(uint32_t periods)
{
	skipping = true;
	if (periods == UINT32_MAX)
		_BSP_Virtual_Clock_stop();
	else
		_BSP_Virtual_Clock_oneshot(counted + periods * period);
	return true;
}
