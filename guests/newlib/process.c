/*
 * The guest's process: its end, number, times and limits. Depends on newlib and
 * newlib_calls.h.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>
#include <jumpslot/virt_cpu.h>

#include "errors.h"
#include "nanoseconds.h"
#include "newlib_calls.h"

#define NS_PER_CLOCK (NS_PER_SECOND / CLOCKS_PER_SEC)

void _exit(int status)
{
	for (;;)
		_CPU_Virtual_exec_stop_error(status);
}

/* Programs use it for names that differ between processes. */
pid_t getpid(void)
{
	return (pid_t)newlib_process();
}

/* Signals to the guest itself end it; it sees no other process. */
int kill(pid_t process, int signal)
{
	if (process != getpid()) {
		errno = ESRCH;
		return -1;
	}
	if (signal)
		_exit(128 + signal);
	return 0;
}

clock_t times(struct tms *times)
{
	int64_t ns = newlib_clock(NEWLIB_CPU_CLOCK);

	if (errors_take(ns) < 0)
		return (clock_t)-1;
	*times = (struct tms){ .tms_utime = (clock_t)(ns / NS_PER_CLOCK) };
	return times->tms_utime;
}

int getrusage(int who, struct rusage *usage)
{
	int64_t ns = 0;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN) {
		errno = EINVAL;
		return -1;
	}
	if (who == RUSAGE_SELF)
		ns = newlib_clock(NEWLIB_CPU_CLOCK);
	memset(usage, 0, sizeof(*usage));
	usage->ru_utime.tv_sec = ns / NS_PER_SECOND;
	usage->ru_utime.tv_usec = (suseconds_t)(ns % NS_PER_SECOND / 1000);
	return 0;
}

int getentropy(void *bytes, size_t size)
{
	return (int)errors_take(size > 256 ? -NEWLIB_EIO : newlib_random(bytes, size));
}
