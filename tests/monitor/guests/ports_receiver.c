/* Receives what ports_sender.c sends, by time-outs and by an interrupt. */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>

#include "ports_check.h"

#define VECTOR 5

static unsigned char message[JUMPSLOT_PORT_MESSAGE];
static volatile unsigned arrivals;

static void handler(int vector, void *frame)
{
	(void)frame;
	arrivals++;
	_CPU_Virtual_Irq_ack(vector);
}

/* Nobody sends to it. */
static void wait_for_nothing(int port)
{
	CHECK(jumpslot_port_receive(port, message, sizeof(message), 0) == -PORTS_EAGAIN);
	CHECK(jumpslot_port_receive(port, message, sizeof(message), 1000) ==
	      -PORTS_ETIMEDOUT);
}

static void receive_sizes(int port)
{
	for (unsigned i = 0; i < PORTS_SIZES; i++) {
		const unsigned size = ports_sizes[i];

		CHECK(jumpslot_port_receive(port, message, sizeof(message),
					    JUMPSLOT_PORT_FOREVER) == (int)size);
		CHECK(ports_are(message, size, i));
	}
	while (!arrivals) /* in a process, it may come after the message */
		;
	CHECK(jumpslot_port_send(port, message, 4, 0) == -PORTS_EPERM);
	CHECK(jumpslot_port_read(port, message, 4, NULL) == -PORTS_EINVAL);
}

static void read_sample(int port)
{
	struct jumpslot_port_state status;
	struct jumpslot_port_age age;

	CHECK(jumpslot_port_read(port, message, 2999, &age) == -PORTS_EMSGSIZE);
	CHECK(jumpslot_port_read(port, (void *)16, 3000, &age) == -PORTS_EFAULT);
	CHECK(jumpslot_port_read(port, message, 3000, (void *)16) == -PORTS_EFAULT);
	CHECK(jumpslot_port_read(port, message, 3000, &age) == 3000);
	CHECK(ports_are(message, 3000, 7));
	CHECK(age.is_valid == (age.age_ns <= 500000000));
	while (age.is_valid)
		CHECK(jumpslot_port_read(port, message, 3000, &age) == 3000);
	CHECK(age.age_ns > 500000000);
	CHECK(jumpslot_port_status(port, &status) == 0);
	CHECK(status.count == 1 && !status.is_valid && status.refresh_ns == 500000000);
}

JUMPSLOT_ENTRY(info)
{
	int samples = jumpslot_port_open("temperature", JUMPSLOT_PORT_DESTINATION);
	int empty = jumpslot_port_open("empty", JUMPSLOT_PORT_DESTINATION);

	(void)info;
	CHECK(jumpslot_port_read(empty, message, 4, NULL) == -PORTS_EAGAIN);
	CHECK(_CPU_Virtual_Set_handler(handler) == 0);
	CHECK(_CPU_Virtual_Irq_request(VECTOR) == 0);
	_CPU_Virtual_Interrupts_open();
	wait_for_nothing(jumpslot_port_open("nothing", JUMPSLOT_PORT_DESTINATION));
	receive_sizes(jumpslot_port_open("in", JUMPSLOT_PORT_DESTINATION));
	read_sample(samples);
	ports_print("received\n");
	return 0;
}
