/* See clock_periods.h. */
#include "clock_periods.h"

uint64_t clock_periods_set(struct clock_periods *periods, uint64_t now, uint64_t first,
			   uint64_t period)
{
	uint64_t past = period && now > first ? (now - first) / period : 0;

	*periods = (struct clock_periods){
		.set = true,
		.next = first + past * period,
		.period = period,
	};
	return past;
}

void clock_periods_stop(struct clock_periods *periods)
{
	periods->set = false;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void count(struct clock_periods *periods)
{
	periods->next += periods->period;
	periods->set = periods->period;
	periods->free_since = CLOCK_NEVER;
}

uint64_t clock_periods_look(struct clock_periods *periods, uint64_t now, bool busy)
{
	const uint64_t gap = periods->period / 2;
	uint64_t due = periods->next;

	if (!periods->set)
		return CLOCK_NEVER;
	if (busy)
		return due > now + gap ? due - now : later(gap, 1);
	if (periods->free_since == CLOCK_NEVER) /* dropped, not acknowledged */
		periods->free_since = now;
	if (periods->free_since)
		due = later(due, periods->free_since + gap);
	if (now < due)
		return due - now;
	count(periods);
	return CLOCK_RAISE;
}

void clock_periods_acknowledged(struct clock_periods *periods, uint64_t now)
{
	periods->free_since = now;
}
