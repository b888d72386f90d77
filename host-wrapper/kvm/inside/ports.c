/* Calls of ports that wait: the host tries and sleeps, and interrupts are delivered where
 * the guest called. */
#include <stddef.h>
#include <stdint.h>

#include <jumpslot/provider.h>
#include <jumpslot/ports.h>

#include "doorbell.h"
#include "inside.h"
#include "ring.h"

static int call(struct inside_port *port)
{
	do
		RING(DOORBELL_PORT, port);
	while (*(volatile uint32_t *)&port->again);
	return port->result;
}

int jumpslot_port_send(int port, const void *bytes, size_t size, int64_t timeout_ns)
{
	struct inside_port its = { .port = port,
				   .sends = 1,
				   .bytes = (uintptr_t)bytes,
				   .size = size,
				   .timeout_ns = timeout_ns };

	return call(&its);
}

int jumpslot_port_receive(int port, void *buffer, size_t size, int64_t timeout_ns)
{
	struct inside_port its = { .port = port,
				   .bytes = (uintptr_t)buffer,
				   .size = size,
				   .timeout_ns = timeout_ns };

	return call(&its);
}
