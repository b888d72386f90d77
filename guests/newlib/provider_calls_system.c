/*
 * The functions of newlib_calls.h that need no file: clocks, sleep, the process's number,
 * random bytes. Async-signal-safe.
 */
#define _GNU_SOURCE
#include <jumpslot/provider.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "newlib_calls.h"
#include "provider_answer.h"

#define NS_PER_SECOND 1000000000
#define MAX_RANDOM    256 /* the kernel fills in up to this size at once */
#define MAX_PROCESS   0x3fffff

int64_t newlib_clock(int which)
{
	static const clockid_t clocks[] = {
		[NEWLIB_WALL_CLOCK] = CLOCK_REALTIME,
		[NEWLIB_CPU_CLOCK] = CLOCK_PROCESS_CPUTIME_ID,
		[NEWLIB_STEADY_CLOCK] = CLOCK_MONOTONIC,
		[NEWLIB_COARSE_CLOCK] = CLOCK_REALTIME_COARSE,
	};
	struct timespec time;

	if (which < NEWLIB_WALL_CLOCK || which > NEWLIB_COARSE_CLOCK)
		return -NEWLIB_EINVAL;
	clock_gettime(clocks[which], &time); /* cannot fail for these */
	return (int64_t)time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

static int64_t sleep_for(int64_t ns)
{
	struct timespec time = { .tv_sec = ns / NS_PER_SECOND,
				 .tv_nsec = (long)(ns % NS_PER_SECOND) };
	struct timespec rest;

	if (!nanosleep(&time, &rest))
		return 0;
	return errno != EINTR ? -errno
			      : (int64_t)rest.tv_sec * NS_PER_SECOND + rest.tv_nsec;
}

int64_t newlib_sleep(int64_t ns)
{
	return ANSWER_LONG(sleep_for(ns));
}

static int fill_randomly(void *bytes, size_t size)
{
	if (size > MAX_RANDOM)
		return -EINVAL;
	return TEMP_FAILURE_RETRY(getrandom(bytes, size, 0)) < 0 ? -errno : 0;
}

int newlib_random(void *bytes, size_t size)
{
	return ANSWER(answer_writable(bytes, size) ?: fill_randomly(bytes, size));
}

/*
 * In a namespace of processes, the host's number is the same for each guest. Programs use
 * the number for names that no other process has, so it is drawn, once.
 */
int newlib_process(void)
{
	static unsigned process;
	unsigned none = 0, drawn = 0;
	int errno_before = errno;

	if (fill_randomly(&drawn, sizeof(drawn)))
		drawn = (unsigned)getpid();
	errno = errno_before;
	drawn = drawn % MAX_PROCESS + 1;
	__atomic_compare_exchange_n(&process, &none, drawn, 0, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
	return (int)__atomic_load_n(&process, __ATOMIC_RELAXED);
}
