/*
 * Counts its starts in the work area, and starts again twice. As a sender, it sends the
 * number of each start; as a receiver (a guest with an argument), it receives one number
 * in each start.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>

#include "ports_check.h"

JUMPSLOT_ENTRY(info)
{
	const int receives = jumpslot_argument_count() > 1;
	const int port = jumpslot_port_open("port", receives ? JUMPSLOT_PORT_DESTINATION
							     : JUMPSLOT_PORT_SOURCE);
	unsigned *starts, number = 0;
	size_t size;

	(void)info;
	CHECK(_BSP_Virtual_getworkspacearea((void **)&starts, &size) == 0);
	++*starts;
	if (receives) {
		CHECK(jumpslot_port_receive(port, &number, sizeof(number),
					    JUMPSLOT_PORT_FOREVER) == sizeof(number));
		CHECK(number == *starts);
	} else {
		CHECK(jumpslot_port_send(port, starts, sizeof(*starts),
					 JUMPSLOT_PORT_FOREVER) == 0);
	}
	if (*starts < 3)
		_BSP_Virtual_reset(1);
	ports_print(receives ? "received 3\n" : "sent 3\n");
	return 0;
}
