/* Two guests that send a number to and fro, and count it up: each waits for the other one
 * all the time. The guest with an argument begins. */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>

#include "ports_check.h"

#define ROUNDS 3000

static void send(int port, unsigned number)
{
	CHECK(jumpslot_port_send(port, &number, sizeof(number), JUMPSLOT_PORT_FOREVER) ==
	      0);
}

static void receive(int port, unsigned expected)
{
	unsigned number;

	CHECK(jumpslot_port_receive(port, &number, sizeof(number),
				    JUMPSLOT_PORT_FOREVER) == sizeof(number));
	CHECK(number == expected);
}

JUMPSLOT_ENTRY(info)
{
	const int begins = jumpslot_argument_count() > 1;
	const int out = jumpslot_port_open("out", JUMPSLOT_PORT_SOURCE);
	const int in = jumpslot_port_open("in", JUMPSLOT_PORT_DESTINATION);

	(void)info;
	for (unsigned i = 1; i < 2 * ROUNDS; i += 2) {
		if (begins)
			send(out, i);
		else
			receive(in, i);
		if (begins)
			receive(in, i + 1);
		else
			send(out, i + 1);
	}
	ports_print("done\n");
	return 0;
}
