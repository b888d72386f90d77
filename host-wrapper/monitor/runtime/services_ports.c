/*
 * The ports of a partition. The kernel copies a message in pieces; no interrupt handler
 * may use the port between them, so the level is 1 meanwhile. To wait is left to the
 * guest's level.
 */
#include <linux/errno.h>

#include <jumpslot/provider.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>

#include "calls.h"
#include "vcpu/vcpu.h"

static void reopen(uint32_t level)
{
	if (!vcpu.state)
		return;
	vcpu_set_level(level);
	jumpslot_interrupts_deliver();
}

/* More than any channel takes, and no more than a span has room for. */
static uint32_t bounded(size_t size)
{
	return size > JUMPSLOT_PORT_MESSAGE ? JUMPSLOT_PORT_MESSAGE + 1 : (uint32_t)size;
}

static int put(int port, const void *bytes, size_t size, uint32_t kind)
{
	const uint32_t level = vcpu_close();
	const uint32_t all = bounded(size);
	int done = 0;

	do
		done = monitor_port_put(port, (const char *)bytes + done,
					kind | MONITOR_SPAN(done, all));
	while (done > 0 && (uint32_t)done < all);
	reopen(level);
	return done < 0 ? done : 0;
}

/* Returns the size of the message. */
static int get_pieces(int port, char *buffer, uint32_t span,
		      struct jumpslot_port_age *age)
{
	uint32_t done = 0;
	int size;

	for (;;) {
		size = monitor_port_get(port, buffer + done, span | MONITOR_SPAN(done, 0),
					age);
		if (size == -EINTR) {
			done = 0;
			continue;
		}
		done += MONITOR_PORT_PIECE;
		if (size < 0 || (uint32_t)size <= done)
			return size;
	}
}

static int get(int port, void *buffer, size_t size, struct jumpslot_port_age *age,
	       uint32_t kind)
{
	const uint32_t level = vcpu_close();
	const int result =
		get_pieces(port, buffer, kind | MONITOR_SPAN(0, bounded(size)), age);

	reopen(level);
	return result;
}

int jumpslot_port_open(const char *name, int direction)
{
	return monitor_port_open(name, direction);
}

int jumpslot_port_write(int port, const void *bytes, size_t size)
{
	return put(port, bytes, size, 0);
}

int jumpslot_port_read(int port, void *buffer, size_t size, struct jumpslot_port_age *age)
{
	return get(port, buffer, size, age, 0);
}

int jumpslot_port_status(int port, struct jumpslot_port_state *status)
{
	return monitor_port_status(port, status);
}

/* A time-out on the guest's clock. */
static uint64_t deadline_of(int64_t timeout_ns)
{
	return timeout_ns < 0 ? UINT64_MAX : monitor_clock_read() + (uint64_t)timeout_ns;
}

static bool is_late(uint64_t deadline_ns)
{
	return monitor_clock_read() >= deadline_ns;
}

int jumpslot_port_send(int port, const void *bytes, size_t size, int64_t timeout_ns)
{
	int result = timeout_ns < JUMPSLOT_PORT_FOREVER
			     ? -EINVAL
			     : put(port, bytes, size, MONITOR_SPAN_QUEUING);
	uint64_t deadline_ns;

	if (result != -EAGAIN || !timeout_ns)
		return result;
	deadline_ns = deadline_of(timeout_ns);
	while (result == -EAGAIN && !is_late(deadline_ns)) {
		monitor_port_wait(deadline_ns, port);
		result = put(port, bytes, size, MONITOR_SPAN_QUEUING);
	}
	return result == -EAGAIN ? -ETIMEDOUT : result;
}

int jumpslot_port_receive(int port, void *buffer, size_t size, int64_t timeout_ns)
{
	int result = timeout_ns < JUMPSLOT_PORT_FOREVER
			     ? -EINVAL
			     : get(port, buffer, size, NULL, MONITOR_SPAN_QUEUING);
	uint64_t deadline_ns;

	if (result != -EAGAIN || !timeout_ns)
		return result;
	deadline_ns = deadline_of(timeout_ns);
	while (result == -EAGAIN && !is_late(deadline_ns)) {
		monitor_port_wait(deadline_ns, port);
		result = get(port, buffer, size, NULL, MONITOR_SPAN_QUEUING);
	}
	return result == -EAGAIN ? -ETIMEDOUT : result;
}
