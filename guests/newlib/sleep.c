/* Clocks and sleep in terms of newlib_calls.h. Depends on newlib and newlib_calls.h. */
#include <errno.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"
#include "nanoseconds.h"
#include "newlib_calls.h"

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int64_t ns = -NEWLIB_EINVAL;

	if (clock == CLOCK_REALTIME)
		ns = newlib_clock(NEWLIB_WALL_CLOCK);
	else if (clock == CLOCK_PROCESS_CPUTIME_ID)
		ns = newlib_clock(NEWLIB_CPU_CLOCK);
	else if (clock == CLOCK_MONOTONIC)
		ns = newlib_clock(NEWLIB_STEADY_CLOCK);
	if (errors_take(ns) < 0)
		return -1;
	*time = timespec_of_ns(ns);
	return 0;
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		return -1;
	if (resolution)
		*resolution = timespec_of_ns(1);
	return 0;
}

int gettimeofday(struct timeval *now, void *zone)
{
	int64_t ns = newlib_clock(NEWLIB_WALL_CLOCK);

	(void)zone;
	if (errors_take(ns) < 0)
		return -1;
	now->tv_sec = ns / NS_PER_SECOND;
	now->tv_usec = (suseconds_t)(ns % NS_PER_SECOND / 1000);
	return 0;
}

/* As in other C libraries, it may lag clock_gettime() by a tick. */
time_t time(time_t *to)
{
	int64_t ns = newlib_clock(NEWLIB_COARSE_CLOCK);
	time_t now = errors_take(ns) < 0 ? -1 : (time_t)(ns / NS_PER_SECOND);

	if (to)
		*to = now;
	return now;
}

int nanosleep(const struct timespec *time, struct timespec *rest)
{
	int64_t left = -NEWLIB_EINVAL;

	if (time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < NS_PER_SECOND)
		left = time->tv_sec > INT64_MAX / NS_PER_SECOND - 1
			       ? newlib_sleep(INT64_MAX)
			       : newlib_sleep((int64_t)time->tv_sec * NS_PER_SECOND +
					      time->tv_nsec);
	if (errors_take(left) < 0)
		return -1;
	if (!left)
		return 0;
	if (rest)
		*rest = timespec_of_ns(left);
	errno = EINTR;
	return -1;
}

int usleep(useconds_t microseconds)
{
	struct timespec time = timespec_of_ns((int64_t)microseconds * 1000);

	return nanosleep(&time, NULL);
}

/* Returns the seconds that are left, rounded up: a started second is not slept. */
unsigned sleep(unsigned seconds)
{
	struct timespec time = { .tv_sec = (time_t)seconds }, rest = { 0 };

	if (!nanosleep(&time, &rest))
		return 0;
	return (unsigned)rest.tv_sec + (rest.tv_nsec > 0);
}
