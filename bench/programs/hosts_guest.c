/*
 * A guest that runs in every host and counts the ticks of the time stamp counter that
 * services take. Arguments: what is measured, and how many rounds one line of output is
 * for; a line is a number in hexadecimal. With a third argument, rounds are marked
 * instead, for single steps; for ports it is the size of a message. With counted
 * instructions, the monitor's time stamp counter counts instructions, and so do these
 * lines.
 */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>
#include "calls/lines.h"

#define VECTOR	16
#define GAPS	100
#define LONGEST 5000 /* ticks between two readings within one time slot */

static unsigned char message[JUMPSLOT_PORT_MESSAGE];
static size_t size; /* of a message */
static int port;

LOOP(read_clock, value += (int)_BSP_Virtual_Clock_read();)
LOOP(interrupts, value += _CPU_Virtual_Irq_raise(VECTOR);)
LOOP(levels, _CPU_Virtual_Interrupts_enable(_CPU_Virtual_Interrupts_disable());)
LOOP(writes, value += jumpslot_port_write(port, message, size);)
LOOP(reads, value += jumpslot_port_read(port, message, sizeof(message), NULL);)
LOOP(sends, value += jumpslot_port_send(port, message, size, 0);)
LOOP(receives, value += jumpslot_port_receive(port, message, sizeof(message),
					      JUMPSLOT_PORT_FOREVER);)

static void handler(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

/* Like measure(), and prints only afterwards: a neighbour does not wait for the lines. */
static void measure_ports(call_all *function, int direction, long times)
{
	uint64_t taken[LINES];

	size = (size_t)number(3);
	port = jumpslot_port_open("port", direction);
	if (function == reads)
		while (jumpslot_port_read(port, message, sizeof(message), NULL) < 0)
			continue;
	for (int i = 0; i < LINES; i++)
		taken[i] = ticks_of(function, times);
	for (int i = 0; i < LINES; i++)
		print(taken[i]);
}

/* Prints the counter before and after each gap between two of the guest's time slots. */
static void watch_slots(void)
{
	static uint64_t edges[2 * GAPS];
	uint64_t last = ticks();

	for (int i = 0; i < 2 * GAPS;) {
		const uint64_t now = ticks();

		if (now - last > LONGEST) {
			edges[i++] = last;
			edges[i++] = now;
		}
		last = now;
	}
	for (int i = 0; i < 2 * GAPS; i++)
		print(edges[i]);
}

JUMPSLOT_ENTRY(info)
{
	const uint64_t first = ticks();
	const long times = number(2);
	char what[16] = "";

	(void)info;
	_CPU_Virtual_Set_handler(handler);
	_CPU_Virtual_Irq_request(VECTOR);
	_CPU_Virtual_Interrupts_open();
	jumpslot_argument(1, what, sizeof(what));
	switch (what[0]) {
	case 'b': /* began */
		print(first);
		break;
	case 'c':
		measure(read_clock, times);
		break;
	case 'i':
		measure(interrupts, times);
		break;
	case 'l':
		measure(levels, times);
		break;
	case 'w':
		measure_ports(writes, JUMPSLOT_PORT_SOURCE, times);
		break;
	case 'r':
		measure_ports(reads, JUMPSLOT_PORT_DESTINATION, times);
		break;
	case 's':
		measure_ports(sends, JUMPSLOT_PORT_SOURCE, times);
		break;
	case 't': /* takes */
		measure_ports(receives, JUMPSLOT_PORT_DESTINATION, times);
		break;
	default:
		watch_slots();
	}
	return 0;
}
