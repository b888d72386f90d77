/* Sends messages of all sizes, overflows a queue, and uses ports that it may not. */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>

#include "ports_check.h"

static unsigned char message[JUMPSLOT_PORT_MESSAGE + 1];

static void send_sizes(int port)
{
	for (unsigned i = 0; i < PORTS_SIZES; i++) {
		ports_fill(message, ports_sizes[i], i);
		CHECK(jumpslot_port_send(port, message, ports_sizes[i],
					 JUMPSLOT_PORT_FOREVER) == 0);
	}
	CHECK(jumpslot_port_send(port, message, 0, 0) == -PORTS_EMSGSIZE);
	CHECK(jumpslot_port_send(port, message, sizeof(message), 0) == -PORTS_EMSGSIZE);
	CHECK(jumpslot_port_send(port, message, ~(size_t)0, 0) == -PORTS_EMSGSIZE);
	CHECK(jumpslot_port_send(port, (void *)16, 4, JUMPSLOT_PORT_FOREVER) ==
	      -PORTS_EFAULT);
	CHECK(jumpslot_port_send(port, message, 4, -2) == -PORTS_EINVAL);
	CHECK(jumpslot_port_write(port, message, 4) == -PORTS_EINVAL);
	CHECK(jumpslot_port_receive(port, message, 4, 0) == -PORTS_EPERM);
}

/* Nobody receives from it. */
static void overflow(int port)
{
	struct jumpslot_port_state status;

	for (unsigned i = 0; i < 3; i++)
		CHECK(jumpslot_port_send(port, &i, sizeof(i), 0) == 0);
	CHECK(jumpslot_port_send(port, message, 4, 0) == -PORTS_EAGAIN);
	CHECK(jumpslot_port_send(port, message, 4, 2000000) == -PORTS_ETIMEDOUT);
	CHECK(jumpslot_port_status(port, &status) == 0);
	CHECK(status.count == 3 && status.depth == 3 && status.size == 4);
	CHECK(status.kind == JUMPSLOT_PORT_QUEUING && !status.refresh_ns);
	CHECK(status.direction == JUMPSLOT_PORT_SOURCE);
}

JUMPSLOT_ENTRY(info)
{
	int samples = jumpslot_port_open("samples", JUMPSLOT_PORT_SOURCE);

	(void)info;
	ports_fill(message, 3000, 7);
	CHECK(jumpslot_port_write(samples, message, 3000) == 0);
	send_sizes(jumpslot_port_open("out", JUMPSLOT_PORT_SOURCE));
	overflow(jumpslot_port_open("full", JUMPSLOT_PORT_SOURCE));
	CHECK(jumpslot_port_open("none", JUMPSLOT_PORT_SOURCE) == -PORTS_ENOENT);
	CHECK(jumpslot_port_open("out", JUMPSLOT_PORT_DESTINATION) == -PORTS_EPERM);
	CHECK(jumpslot_port_open("in", JUMPSLOT_PORT_DESTINATION) == -PORTS_ENOENT);
	CHECK(jumpslot_port_open("out", 2) == -PORTS_EINVAL);
	CHECK(jumpslot_port_open((const char *)16, 0) == -PORTS_EFAULT);
	CHECK(jumpslot_port_write(1000, message, 4) == -PORTS_EBADF);
	CHECK(jumpslot_port_write(-1, message, 4) == -PORTS_EBADF);
	ports_print("sent\n");
	return 0;
}
