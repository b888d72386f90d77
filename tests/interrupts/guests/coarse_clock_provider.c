/*
 * A preloaded library that makes the kernel's timers coarse, as those of a kernel without
 * high-resolution timers are: it lengthens a shorter interval to 4 ms, and counts only
 * those. It is a provider as well, for the runner that loads providers.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include <jumpslot/external_func.h>

#define RESOLUTION 4000000 /* ns */

EXTERNAL_FUNC(int, coarse_clock_resolution)
EF(coarse_clock_resolution)

/* The names that the runner calls them by, and their structures. */
#ifdef __x86_64__
#define GETRES	clock_getres
#define SETTIME timer_settime
#define SYS_SET SYS_timer_settime
#else
#define GETRES	__clock_getres64
#define SETTIME __timer_settime64
#define SYS_SET SYS_timer_settime64
#endif

struct time {
	int64_t seconds, nanoseconds;
};

struct times {
	struct time interval, value;
};

int GETRES(int clock, struct time *resolution);
int SETTIME(void *timer, int flags, const struct times *times, struct times *old);

int coarse_clock_resolution(void)
{
	return RESOLUTION;
}

int GETRES(int clock, struct time *resolution)
{
	(void)clock;
	*resolution = (struct time){ 0, RESOLUTION };
	return 0;
}

int SETTIME(void *timer, int flags, const struct times *times, struct times *old)
{
	struct times longer = *times;

	if (longer.interval.nanoseconds && !longer.interval.seconds &&
	    longer.interval.nanoseconds < RESOLUTION)
		longer.interval.nanoseconds = RESOLUTION;
	return (int)syscall(SYS_SET, timer, flags, &longer, old);
}
