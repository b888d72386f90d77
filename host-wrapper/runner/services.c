/*
 * The services that the host itself provides: clock, work area, arguments,
 * and the end. Called by guests, and so checked; async-signal-safe, each of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <time.h>

#include <jumpslot/provider.h>
#include <jumpslot/arguments.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "services.def"

#include "process/enter.h"
#include "guest.h"
#include "plan_read.h"
#include "services.h"

/* AddressSanitizer would look for the bottom of a stack that it does not know. */
#define LEAVES_THE_GUEST __attribute__((__no_sanitize__("address")))

uint64_t services_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void services_start_clock(void)
{
	guest.started_ns = services_now();
}

uint64_t _BSP_Virtual_Clock_read(void)
{
	return services_now() - guest.started_ns;
}

size_t jumpslot_guest_work_area(void **base)
{
	*base = (void *)guest.work_area;
	return (size_t)guest.plan->work_area_size;
}

int _BSP_Virtual_getworkspacearea(void **start, size_t *size)
{
	if (jumpslot_guest_range(start, sizeof(*start), JUMPSLOT_WRITE) ||
	    jumpslot_guest_range(size, sizeof(*size), JUMPSLOT_WRITE))
		return -EFAULT;
	*size = jumpslot_guest_work_area(start);
	return 0;
}

int jumpslot_argument_count(void)
{
	return (int)guest.plan->arguments.count;
}

int jumpslot_argument(int index, char *buffer, size_t size)
{
	const char *argument;
	size_t length;

	if (index < 0 || (uint64_t)index >= guest.plan->arguments.count)
		return -EINVAL;
	argument = plan_argument(guest.plan, (uint64_t)index);
	length = strlen(argument);
	if (!size)
		return (int)length;
	if (length >= size)
		return -ERANGE;
	if (jumpslot_guest_range(buffer, length + 1, JUMPSLOT_WRITE))
		return -EFAULT;
	memcpy(buffer, argument, length + 1);
	return (int)length;
}

LEAVES_THE_GUEST void jumpslot_guest_exit(int status)
{
	jumpslot_leave(status);
}

LEAVES_THE_GUEST void _CPU_Virtual_exec_stop_error(int error)
{
	jumpslot_leave(error);
}
