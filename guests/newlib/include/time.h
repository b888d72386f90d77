/* newlib's <time.h>, with the clocks and the sleep that newlib leaves to the system. */
#ifndef JUMPSLOT_NEWLIB_TIME_H
#define JUMPSLOT_NEWLIB_TIME_H

#include_next <time.h>

#if __POSIX_VISIBLE && !defined(_POSIX_TIMERS)
#ifdef __cplusplus
extern "C" {
#endif

#define CLOCK_PROCESS_CPUTIME_ID ((clockid_t)2)
#define CLOCK_MONOTONIC		 ((clockid_t)4)

int clock_gettime(clockid_t clock, struct timespec *time);
int clock_getres(clockid_t clock, struct timespec *resolution);
int nanosleep(const struct timespec *time, struct timespec *rest);

#ifdef __cplusplus
}
#endif
#endif
#endif
