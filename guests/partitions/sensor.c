/* A sensor that sends a reading in each period of its clock: a triangle wave. */
#include <jumpslot/entry.h>
#include <jumpslot/ports.h>
#include <jumpslot/virt_cpu.h>
#include "line.h"
#include "messages.h"

#define PERIOD_NS 50000000

static volatile uint32_t periods;

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	periods += 1 + _BSP_Virtual_Clock_backlog();
	_CPU_Virtual_Irq_ack(vector);
}

static uint32_t celsius(uint32_t number)
{
	const uint32_t step = number % 8;

	return 20 + (step < 4 ? step : 8 - step);
}

static void send(int port, uint32_t number)
{
	const struct reading reading = { number, celsius(number) };
	struct line line = { .length = 0 };

	jumpslot_port_send(port, &reading, sizeof(reading), JUMPSLOT_PORT_FOREVER);
	line_text(&line, "reading ");
	line_number(&line, reading.number);
	line_text(&line, ": ");
	line_number(&line, reading.celsius);
	line_text(&line, " degrees");
	line_print(&line);
}

JUMPSLOT_ENTRY(info)
{
	const int port = jumpslot_port_open("readings", JUMPSLOT_PORT_SOURCE);

	(void)info;
	if (port < 0)
		return 1;
	_CPU_Virtual_Set_handler(on_interrupt);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(PERIOD_NS, PERIOD_NS);
	for (uint32_t number = 1; number <= READINGS; number++) {
		while (periods < number)
			_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
		send(port, number);
	}
	return 0;
}
