/*
 * Built-in services: the guest's ports. Guests call them, so every argument is checked.
 * Each is async-signal-safe. A guest without a model has no port: each call fails as for
 * one that is not declared.
 */
#include <errno.h>

#include <jumpslot/provider.h>
#include <jumpslot/ports.h>

#include "ports.h"

/* A call that moves a message wakes the other ends; one that waits has an end of its own,
 * which it also writes to after it took a wake for several messages. libc takes either
 * call of i386, as the time needs. */
#define NEEDS_PEERS JUMPSLOT_ALLOW_IF("write", JUMPSLOT_ARG_IS(0, JUMPSLOT_CHECK_PEER))
#define NEEDS_WAIT                                                                       \
	JUMPSLOT_ALLOW_IF("read", JUMPSLOT_ARG_IS(0, JUMPSLOT_CHECK_PORT)),              \
		JUMPSLOT_ALLOW_IF("write", JUMPSLOT_ARG_IS(0, JUMPSLOT_CHECK_PORT)),     \
		JUMPSLOT_ALLOW_IF("ppoll", JUMPSLOT_ARG(1, 1)),                          \
		JUMPSLOT_ALLOW_IF("i386:ppoll_time64", JUMPSLOT_ARG(1, 1))

JUMPSLOT_SYSCALLS(jumpslot_port_open, JUMPSLOT_NEEDS_CLOCK)
int jumpslot_port_open(const char *name, int direction)
{
	return ports_open(name, direction);
}

JUMPSLOT_SYSCALLS(jumpslot_port_write, JUMPSLOT_NEEDS_CLOCK, NEEDS_PEERS)
int jumpslot_port_write(int port, const void *bytes, size_t size)
{
	return ports_write(port, bytes, size);
}

JUMPSLOT_SYSCALLS(jumpslot_port_read, JUMPSLOT_NEEDS_CLOCK)
int jumpslot_port_read(int port, void *buffer, size_t size, struct jumpslot_port_age *age)
{
	return ports_read(port, buffer, size, age);
}

JUMPSLOT_SYSCALLS(jumpslot_port_send, JUMPSLOT_NEEDS_CLOCK, NEEDS_PEERS, NEEDS_WAIT)
int jumpslot_port_send(int port, const void *bytes, size_t size, int64_t timeout_ns)
{
	int result = timeout_ns < JUMPSLOT_PORT_FOREVER ? -EINVAL
							: ports_send(port, bytes, size);
	uint64_t deadline_ns;

	if (result != -EAGAIN || !timeout_ns)
		return result;
	deadline_ns = ports_deadline(timeout_ns);
	while (result == -EAGAIN && !ports_is_late(deadline_ns)) {
		ports_wait(port, deadline_ns, NULL);
		result = ports_send(port, bytes, size);
	}
	return result == -EAGAIN ? -ETIMEDOUT : result;
}

JUMPSLOT_SYSCALLS(jumpslot_port_receive, JUMPSLOT_NEEDS_CLOCK, NEEDS_PEERS, NEEDS_WAIT)
int jumpslot_port_receive(int port, void *buffer, size_t size, int64_t timeout_ns)
{
	int result = timeout_ns < JUMPSLOT_PORT_FOREVER
			     ? -EINVAL
			     : ports_receive(port, buffer, size);
	uint64_t deadline_ns;

	if (result != -EAGAIN || !timeout_ns)
		return result;
	deadline_ns = ports_deadline(timeout_ns);
	while (result == -EAGAIN && !ports_is_late(deadline_ns)) {
		ports_wait(port, deadline_ns, NULL);
		result = ports_receive(port, buffer, size);
	}
	return result == -EAGAIN ? -ETIMEDOUT : result;
}

JUMPSLOT_SYSCALLS(jumpslot_port_status, JUMPSLOT_NEEDS_CLOCK)
int jumpslot_port_status(int port, struct jumpslot_port_state *status)
{
	return ports_status(port, status);
}
