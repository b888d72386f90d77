/*
 * Built-in services: work area, arguments, schedules, and the end. Guests call them, so
 * every argument is checked. Each is async-signal-safe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <jumpslot/provider.h>
#include <jumpslot/arguments.h>
#include <jumpslot/ports.h>
#include <jumpslot/schedule.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "services.def"

#include "current.h"
#include "host.h"
#include "services.h"

int _BSP_Virtual_getworkspacearea(void **start, size_t *size)
{
	void *base;
	size_t bytes = jumpslot_guest_work_area(&base);

	if (jumpslot_guest_range(size, sizeof(bytes), JUMPSLOT_WRITE) ||
	    jumpslot_guest_copy_out(start, &base, sizeof(base)))
		return -EFAULT;
	return jumpslot_guest_copy_out(size, &bytes, sizeof(bytes));
}

int jumpslot_argument_count(void)
{
	return (int)current->plan->arguments.count;
}

int jumpslot_argument(int index, char *buffer, size_t size)
{
	const char *argument;
	size_t length;

	if (index < 0 || (uint64_t)index >= current->plan->arguments.count)
		return -EINVAL;
	argument = plan_argument(current->plan, (uint64_t)index);
	length = strlen(argument);
	if (!size)
		return (int)length;
	if (length >= size)
		return -ERANGE;
	if (jumpslot_guest_copy_out(buffer, argument, length + 1))
		return -EFAULT;
	return (int)length;
}

/* A process has no schedule that it could leave. */
int jumpslot_schedule_set(const char *name, size_t length)
{
	return jumpslot_guest_range(name, length, JUMPSLOT_READ) ? -EFAULT : -EPERM;
}

/* AddressSanitizer would look for the bottom of a stack that it does not know. */
__attribute__((__no_sanitize__("address"))) void _CPU_Virtual_exec_stop_error(int error)
{
	host_leave(error);
}
