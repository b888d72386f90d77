/*
 * The periods of a clock that advances with the guest's processor time: when to raise the
 * next one. One at a time, however late: after each acknowledgement the guest gets half a
 * period of processor time before the next one. Knows neither timers nor vectors; the
 * caller says what time it is.
 */
#ifndef JUMPSLOT_CLOCK_PERIODS_H
#define JUMPSLOT_CLOCK_PERIODS_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_NEVER UINT64_MAX
#define CLOCK_RAISE 0

struct clock_periods {
	bool set;
	uint64_t next;	     /* when the next one is due */
	uint64_t period;     /* 0: once */
	uint64_t free_since; /* since when the vector can be raised; CLOCK_NEVER: unknown
			      */
};

/* The guest sets the clock. Returns how many periods before the last one are past. */
uint64_t clock_periods_set(struct clock_periods *periods, uint64_t now, uint64_t first,
			   uint64_t period);

void clock_periods_stop(struct clock_periods *periods);

/*
 * `busy`: the vector is pending or in service. Returns CLOCK_RAISE if a period is to be
 * raised now, and counts it; CLOCK_NEVER if there is nothing to wait for; otherwise the
 * nanoseconds after which to look again.
 */
uint64_t clock_periods_look(struct clock_periods *periods, uint64_t now, bool busy);

/* The guest has acknowledged the vector. */
void clock_periods_acknowledged(struct clock_periods *periods, uint64_t now);

#endif
