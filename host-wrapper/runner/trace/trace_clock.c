/* The kernel's shared code, or a system call. See trace_clock.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include "trace_clock.h"
#include "vdso.h"

#define SECOND_NS 1000000000u

/* As the kernel has it: 64 bits on both machines. */
struct kernel_time {
	int64_t seconds;
	int64_t ns;
};

#if defined(__x86_64__)
#define FUNCTION  "__vdso_clock_gettime"
#define SYS_GET	  SYS_clock_gettime
#define SYS_SLEEP SYS_clock_nanosleep
#elif defined(__i386__)
#define FUNCTION  "__vdso_clock_gettime64"
#define SYS_GET	  SYS_clock_gettime64
#define SYS_SLEEP SYS_clock_nanosleep_time64
#endif

typedef int get_time(int clock, struct kernel_time *time);

static get_time *kernels;

/* Where the kernel's code needs its system call, and to wait by a policy. */
JUMPSLOT_STATE(trace, "(trace)", JUMPSLOT_NEEDS_CLOCK)
JUMPSLOT_STATE(delay, "(delay)",
	       JUMPSLOT_ALLOW_IF("x86_64:clock_nanosleep",
				 JUMPSLOT_ARG(0, CLOCK_MONOTONIC),
				 JUMPSLOT_ARG(1, TIMER_ABSTIME)),
	       JUMPSLOT_ALLOW_IF("i386:clock_nanosleep_time64",
				 JUMPSLOT_ARG(0, CLOCK_MONOTONIC),
				 JUMPSLOT_ARG(1, TIMER_ABSTIME)))

void trace_clock_start(void)
{
	/* ISO C has no cast from data to function pointers. */
	*(void **)&kernels = vdso_function(FUNCTION);
}

uint64_t trace_clock_now(void)
{
	struct kernel_time now = { 0 };

	if (!kernels || kernels(CLOCK_MONOTONIC, &now))
		syscall(SYS_GET, CLOCK_MONOTONIC, &now);
	return (uint64_t)now.seconds * SECOND_NS + (uint64_t)now.ns;
}

void trace_clock_wait(uint64_t ns)
{
	const uint64_t end = trace_clock_now() + ns;
	const struct kernel_time until = { (int64_t)(end / SECOND_NS),
					   (int64_t)(end % SECOND_NS) };

	while (syscall(SYS_SLEEP, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) < 0 &&
	       errno == EINTR)
		;
}
