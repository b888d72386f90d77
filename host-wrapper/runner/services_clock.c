/*
 * Built-in services: the guest's clock interrupt, by a kernel timer that kicks the
 * virtual CPU. Guests call them, so every argument is checked. Each is async-signal-safe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_bsp.h>

#include "current.h"
#include "host.h"
#include "services.h"
#include "vcpu/vcpu.h"

/* Shorter periods would leave the guest no time to run. */
#define MIN_PERIOD 10000u
#define MAX_TIME   ((uint64_t)INT32_MAX * SERVICES_SECOND)

static timer_t timer;
static bool timer_there;

int _BSP_Virtual_Clock_init(void)
{
	struct sigevent event;

	if (!vcpu.state)
		return -EINVAL;
	if (timer_there)
		return 0;
	host_timer_event(&event);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		return -errno;
	timer_there = true;
	return 0;
}

/* `at` is a time of the guest's clock. */
static int set_timer(uint64_t at, uint64_t period)
{
	struct itimerspec time = {
		.it_value = services_timespec(current->started_ns + at),
		.it_interval = services_timespec(period),
	};

	if (!timer_there || at > MAX_TIME || period > MAX_TIME)
		return -EINVAL;
	return timer_settime(timer, TIMER_ABSTIME, &time, NULL) ? -errno : 0;
}

int _BSP_Virtual_Clock_periodic(uint64_t first_ns, uint64_t period_ns)
{
	return period_ns < MIN_PERIOD ? -EINVAL : set_timer(first_ns, period_ns);
}

int _BSP_Virtual_Clock_oneshot(uint64_t at_ns)
{
	return set_timer(at_ns, 0);
}

int _BSP_Virtual_Clock_stop(void)
{
	const struct itimerspec never = { { 0, 0 }, { 0, 0 } };

	if (!timer_there)
		return -EINVAL;
	return timer_settime(timer, 0, &never, NULL) ? -errno : 0;
}

uint32_t _BSP_Virtual_Clock_backlog(void)
{
	return vcpu.state ? __atomic_exchange_n(&vcpu.state->missed, 0, __ATOMIC_RELAXED)
			  : 0;
}
