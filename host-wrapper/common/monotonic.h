/* The time that deadlines are counted in. Depends on libc alone. */
#ifndef JUMPSLOT_MONOTONIC_H
#define JUMPSLOT_MONOTONIC_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in ns. */
static inline uint64_t monotonic_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Milliseconds from `now` to `until` for poll(), which must not return too early; 0 if
 * the time is over. More than poll() can wait is cut: the caller looks again then. */
static inline int monotonic_ms_until(uint64_t now, uint64_t until)
{
	const uint64_t ms = now < until ? (until - now) / 1000000u + 1 : 0;

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

#endif
