/*
 * Built-in services: the guest's clock, and its interrupt. Guests call them, so every
 * argument is checked. Each is async-signal-safe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>

#include <jumpslot/provider.h>
#include <jumpslot/virt_bsp.h>

#include "clock.h"
#include "host.h"
#include "services.h"
#include "vcpu/vcpu.h"

#define MAX_TIME ((uint64_t)INT32_MAX * SERVICES_SECOND)

#define NEEDS_TIMER                                                                      \
	JUMPSLOT_ALLOW("x86_64:timer_settime"), JUMPSLOT_ALLOW("i386:timer_settime64")

JUMPSLOT_SYSCALLS(_BSP_Virtual_Clock_read, JUMPSLOT_NEEDS_CLOCK)
uint64_t _BSP_Virtual_Clock_read(void)
{
	return clock_now();
}

JUMPSLOT_SYSCALLS(_BSP_Virtual_Clock_init,
		  JUMPSLOT_ALLOW_IF("timer_create", JUMPSLOT_ARG(0, CLOCK_MONOTONIC)))
int _BSP_Virtual_Clock_init(void)
{
	return vcpu.state ? clock_timer_create() : -EINVAL;
}

JUMPSLOT_SYSCALLS(_BSP_Virtual_Clock_periodic, NEEDS_TIMER)
int _BSP_Virtual_Clock_periodic(uint64_t first_ns, uint64_t period_ns)
{
	if (first_ns > MAX_TIME || period_ns < host_shortest_period() ||
	    period_ns > MAX_TIME)
		return -EINVAL;
	return clock_timer_set(first_ns, period_ns);
}

JUMPSLOT_SYSCALLS(_BSP_Virtual_Clock_oneshot, NEEDS_TIMER)
int _BSP_Virtual_Clock_oneshot(uint64_t at_ns)
{
	return at_ns > MAX_TIME ? -EINVAL : clock_timer_set(at_ns, 0);
}

JUMPSLOT_SYSCALLS(_BSP_Virtual_Clock_stop, NEEDS_TIMER)
int _BSP_Virtual_Clock_stop(void)
{
	return clock_timer_stop();
}

uint32_t _BSP_Virtual_Clock_backlog(void)
{
	return vcpu.state ? __atomic_exchange_n(&vcpu.state->missed, 0, __ATOMIC_RELAXED)
			  : 0;
}
