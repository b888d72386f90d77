/*
 * Built-in services: the ports of a guest that runs without a model. It has none, so each
 * call fails as the monitor's does for a port that is not declared.
 */
#include <errno.h>

#include <jumpslot/provider.h>
#include <jumpslot/ports.h>

int jumpslot_port_open(const char *name, int direction)
{
	const long length = jumpslot_guest_string(name, JUMPSLOT_PORT_NAME);

	if (direction != JUMPSLOT_PORT_SOURCE && direction != JUMPSLOT_PORT_DESTINATION)
		return -EINVAL;
	return length == -EFAULT ? -EFAULT : -ENOENT;
}

int jumpslot_port_write(int port, const void *bytes, size_t size)
{
	(void)port, (void)bytes, (void)size;
	return -EBADF;
}

int jumpslot_port_read(int port, void *buffer, size_t size, struct jumpslot_port_age *age)
{
	(void)port, (void)buffer, (void)size, (void)age;
	return -EBADF;
}

int jumpslot_port_send(int port, const void *bytes, size_t size, int64_t timeout_ns)
{
	(void)port, (void)bytes, (void)size;
	return timeout_ns < JUMPSLOT_PORT_FOREVER ? -EINVAL : -EBADF;
}

int jumpslot_port_receive(int port, void *buffer, size_t size, int64_t timeout_ns)
{
	(void)port, (void)buffer, (void)size;
	return timeout_ns < JUMPSLOT_PORT_FOREVER ? -EINVAL : -EBADF;
}

int jumpslot_port_status(int port, struct jumpslot_port_state *status)
{
	(void)port, (void)status;
	return -EBADF;
}
