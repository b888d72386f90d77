/* A sensor that takes a reading in each period of its clock: a triangle wave. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#include "print.h"

#define PERIOD_NS 50000000
#define READINGS  8

static volatile uint32_t periods;

static void on_interrupt(int vector, void *frame)
{
	(void)frame;
	periods += 1 + _BSP_Virtual_Clock_backlog();
	_CPU_Virtual_Irq_ack(vector);
}

static uint32_t reading(uint32_t number)
{
	const uint32_t step = number % 8;

	return 20 + (step < 4 ? step : 8 - step);
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	_CPU_Virtual_Set_handler(on_interrupt);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	_BSP_Virtual_Clock_periodic(PERIOD_NS, PERIOD_NS);
	for (uint32_t number = 0; number < READINGS; number++) {
		while (periods <= number)
			_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
		print_number("reading", reading(number));
	}
	return 0;
}
