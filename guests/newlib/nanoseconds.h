/* From nanoseconds, as newlib_calls.h counts time, to struct timespec. */
#ifndef NEWLIB_NANOSECONDS_H
#define NEWLIB_NANOSECONDS_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SECOND 1000000000

/* tv_nsec is never negative, not even before 1970. */
static inline struct timespec timespec_of_ns(int64_t ns)
{
	int64_t seconds = ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0);

	return (struct timespec){ .tv_sec = (time_t)seconds,
				  .tv_nsec = (long)(ns - seconds * NS_PER_SECOND) };
}

#endif
