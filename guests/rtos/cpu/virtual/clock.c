/*
 * Periods, counted on the host's clock and not by interrupts: the time stays right when
 * interrupts coalesce or are skipped.
 */
#include <jumpslot/virt_bsp.h>

#include "cpu.h"

#define SECOND 1000000000u

static uint64_t period;	 /* ns */
static uint64_t counted; /* the end of the last period that was reported */
static bool skipping;

static bool resume(void)
{
	skipping = false;
	return !_BSP_Virtual_Clock_periodic(counted + period, period);
}

bool cpu_clock_start(uint32_t rate)
{
	period = SECOND / rate;
	_BSP_Virtual_Clock_init();
	counted = _BSP_Virtual_Clock_read();
	return resume();
}

uint32_t cpu_clock_periods(void)
{
	const uint64_t periods = (_BSP_Virtual_Clock_read() - counted) / period;

	counted += periods * period;
	if (skipping)
		resume();
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
