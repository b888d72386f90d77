/* A logger that never waits: it looks for events all the time, and so uses each of its
 * slots to the end. */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include "line.h"
#include "messages.h"

static void log_event(const struct state *event)
{
	struct line line = { .length = 0 };

	line_text(&line, "event ");
	line_number(&line, event->number);
	line_text(&line, ": ");
	line_number(&line, event->celsius);
	line_text(&line, " degrees, valve ");
	line_number(&line, event->valve_percent);
	line_text(&line, " %");
	line_print(&line);
}

JUMPSLOT_ENTRY(info)
{
	const int port = jumpslot_port_open("events", JUMPSLOT_PORT_DESTINATION);
	struct state event = { 0 };

	(void)info;
	if (port < 0)
		return 1;
	while (event.number < READINGS)
		if (jumpslot_port_receive(port, &event, sizeof(event), 0) > 0)
			log_event(&event);
	return 0;
}
