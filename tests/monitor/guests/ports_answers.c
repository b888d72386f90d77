/* Answers ports_asks.c; the second time, after it has made room. */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>

#include "ports_check.h"

JUMPSLOT_ENTRY(info)
{
	const int questions = jumpslot_port_open("questions", JUMPSLOT_PORT_DESTINATION);
	const int answers = jumpslot_port_open("answers", JUMPSLOT_PORT_SOURCE);
	const int room = jumpslot_port_open("room", JUMPSLOT_PORT_DESTINATION);
	char text;

	(void)info;
	for (unsigned i = 1; i <= 2; i++) {
		CHECK(jumpslot_port_receive(questions, &text, 1, JUMPSLOT_PORT_FOREVER) ==
		      1);
		if (i == 2)
			CHECK(jumpslot_port_receive(room, &text, 1, 0) == 1);
		CHECK(jumpslot_port_send(answers, &i, sizeof(i), 0) == 0);
	}
	ports_print("answered\n");
	return 0;
}
