/*
 * The built-in services in a partition, except those of vcpu/. They run at the guest's
 * privilege. Pointers are checked all the same: a service has the same result in every
 * host.
 */
#include <limits.h>
#include <linux/errno.h>
#include <stdbool.h>

#include <jumpslot/provider.h>
#include <jumpslot/arguments.h>
#include <jumpslot/ports.h>
#include <jumpslot/schedule.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "runner/services.def"

#include "calls.h"
#include "vcpu/vcpu.h"

/* For partition libraries (monitor/library/library.h). */
EF(monitor_range)
JUMPSLOT_DIRECT(monitor_range)
EF(monitor_wait)
JUMPSLOT_DIRECT(monitor_wait)

static const struct monitor_information *information(void)
{
	return (const struct monitor_information *)MONITOR_INFORMATION;
}

static bool may_write(const void *start, size_t size)
{
	return !monitor_range(start, size, JUMPSLOT_WRITE);
}

/* The kernel takes a few bytes at a time, so this call is interrupted between them; and
 * none while the line is busy. */
static int put_all(int (*put)(const char *, size_t), const char *bytes, size_t count)
{
	size_t done = 0;

	if (count > INT_MAX)
		count = INT_MAX;
	if (monitor_range(bytes, count, JUMPSLOT_READ))
		return -EFAULT;
	while (done < count) {
		int taken = put(bytes + done, count - done);

		if (taken < 0)
			return taken;
		done += (size_t)taken;
	}
	return (int)done;
}

int _BSP_Virtual_Console_write(const char *bytes, size_t count)
{
	return put_all(monitor_console_put, bytes, count);
}

int _BSP_Virtual_Console_error(const char *bytes, size_t count)
{
	return put_all(monitor_error_put, bytes, count);
}

int _BSP_Virtual_Console_init(void)
{
	if (!vcpu.state)
		return -EINVAL;
	monitor_console_watch();
	return 0;
}

int _BSP_Virtual_Console_read(void)
{
	return monitor_console_get();
}

uint64_t _BSP_Virtual_Clock_read(void)
{
	return monitor_clock_read();
}

int _BSP_Virtual_Clock_init(void)
{
	return monitor_clock_init();
}

int _BSP_Virtual_Clock_periodic(uint64_t first_ns, uint64_t period_ns)
{
	return period_ns ? monitor_clock_set(first_ns, period_ns) : -EINVAL;
}

int _BSP_Virtual_Clock_oneshot(uint64_t at_ns)
{
	return monitor_clock_set(at_ns, 0);
}

int _BSP_Virtual_Clock_stop(void)
{
	return monitor_clock_stop();
}

uint32_t _BSP_Virtual_Clock_backlog(void)
{
	return vcpu.state ? __atomic_exchange_n(&vcpu.state->missed, 0, __ATOMIC_RELAXED)
			  : 0;
}

int _BSP_Virtual_getworkspacearea(void **start, size_t *size)
{
	if (!may_write(size, sizeof(*size)) || !may_write(start, sizeof(*start)))
		return -EFAULT;
	__builtin_memcpy(start, &(void *){ (void *)(uintptr_t)information()->work_area },
			 sizeof(*start));
	__builtin_memcpy(size, &(size_t){ (size_t)information()->work_area_size },
			 sizeof(*size));
	return 0;
}

int _BSP_Virtual_faulthandler(void (*handler)(struct jumpslot_fault *))
{
	return monitor_fault_handler((uintptr_t)handler);
}

void _BSP_Virtual_reset(int warm)
{
	monitor_restart(warm);
}

void _CPU_Virtual_exec_stop_error(int error)
{
	monitor_stop(error);
}

int jumpslot_schedule_set(const char *name, size_t length)
{
	return monitor_range(name, length, JUMPSLOT_READ)
		       ? -EFAULT
		       : monitor_schedule_set(name, length);
}

int jumpslot_argument_count(void)
{
	return (int)information()->argument_count;
}

static size_t length_of(const char *string)
{
	size_t length = 0;

	while (string[length])
		length++;
	return length;
}

static const char *argument(int index)
{
	const char *string = (const char *)information() + information()->arguments;

	while (index--)
		string += length_of(string) + 1;
	return string;
}

int jumpslot_argument(int index, char *buffer, size_t size)
{
	const char *string;
	size_t length;

	if (index < 0 || index >= jumpslot_argument_count())
		return -EINVAL;
	string = argument(index);
	length = length_of(string);
	if (!size)
		return (int)length;
	if (length >= size)
		return -ERANGE;
	if (!may_write(buffer, length + 1))
		return -EFAULT;
	for (size_t i = 0; i <= length; i++)
		((volatile char *)buffer)[i] = string[i];
	return (int)length;
}
