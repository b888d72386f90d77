/*
 * Uses the ports of channels whose other end scribbles over their memory, and after each
 * round those of an honest partition: only the messages of the former are wrong.
 */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>

#include "ports_check.h"

#define ROUNDS 3000
#define VECTOR 5
#define SIZE   64
#define DEPTH  4

static unsigned char message[JUMPSLOT_PORT_MESSAGE];
static unsigned char guard[JUMPSLOT_PORT_MESSAGE];

static void handler(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

static void use(int in, int out, int sample, unsigned round)
{
	struct jumpslot_port_state status;
	struct jumpslot_port_age age;
	const int64_t timeout_ns = round % 50 ? 0 : 100000;

	CHECK(jumpslot_port_receive(in, message, sizeof(message), timeout_ns) <= SIZE);
	CHECK(jumpslot_port_send(out, message, SIZE, timeout_ns) <= 0);
	CHECK(jumpslot_port_read(sample, message, sizeof(message), &age) <= SIZE);
	CHECK(jumpslot_port_status(in, &status) == 0);
	CHECK(status.count <= DEPTH && status.depth == DEPTH && status.size == SIZE);
	CHECK(jumpslot_port_status(out, &status) == 0);
	CHECK(status.count <= DEPTH);
	for (unsigned i = 0; i < sizeof(guard); i++)
		CHECK(!guard[i]);
}

JUMPSLOT_ENTRY(info)
{
	const int to = jumpslot_port_open("out", JUMPSLOT_PORT_SOURCE);
	const int from = jumpslot_port_open("in", JUMPSLOT_PORT_DESTINATION);
	const int in = jumpslot_port_open("bad_in", JUMPSLOT_PORT_DESTINATION);
	const int out = jumpslot_port_open("bad_out", JUMPSLOT_PORT_SOURCE);
	const int sample = jumpslot_port_open("bad_sample", JUMPSLOT_PORT_DESTINATION);

	(void)info;
	CHECK(_CPU_Virtual_Set_handler(handler) == 0);
	CHECK(_CPU_Virtual_Irq_request(VECTOR) == 0);
	_CPU_Virtual_Interrupts_open();
	for (unsigned i = 1; i < 2 * ROUNDS; i += 2) {
		unsigned number = i;

		use(in, out, sample, i / 2);
		CHECK(jumpslot_port_send(to, &number, sizeof(number),
					 JUMPSLOT_PORT_FOREVER) == 0);
		CHECK(jumpslot_port_receive(from, &number, sizeof(number),
					    JUMPSLOT_PORT_FOREVER) == sizeof(number));
		CHECK(number == i + 1);
	}
	ports_print("done\n");
	return 0;
}
