/*
 * Asks for 1,000 periods per second, and compares interrupts and missed periods with the
 * time. Never more than periods that are over; and in the end the two differ by less than
 * those that a coarse timer of 4 ms holds back. Ends with 0 if so.
 */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>

#define PERIOD	 UINT32_C(1000000) /* ns */
#define COARSE	 4		   /* periods */
#define LEAST	 200
#define MOST	 400
#define SETTINGS 3

static volatile uint32_t interrupts;

static void handler(int vector, void *frame)
{
	(void)frame;
	interrupts++;
	_CPU_Virtual_Irq_ack(vector);
}

static uint32_t over_since(uint64_t first)
{
	const uint64_t now = _BSP_Virtual_Clock_read();

	return now < first ? 0 : (uint32_t)(now - first) / PERIOD + 1;
}

static int count_periods(void)
{
	const uint64_t first = _BSP_Virtual_Clock_read() + PERIOD;
	uint32_t counted = 0, missed = 0, over;

	interrupts = 0;
	if (_BSP_Virtual_Clock_periodic(first, PERIOD))
		return 1;
	while (counted < MOST) {
		_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
		missed += _BSP_Virtual_Clock_backlog();
		counted = interrupts + missed;
		over = over_since(first);
		if (counted > over)
			return 2;
		if (counted >= LEAST && over - counted < COARSE)
			return 0;
	}
	return 3;
}

/* Stops the clock, so that no period of the last setting is left over. */
static void stop(void)
{
	_BSP_Virtual_Clock_stop();
	_CPU_Virtual_Irq_clear(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_backlog();
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	if (_CPU_Virtual_Set_handler(handler) ||
	    _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK) || _BSP_Virtual_Clock_init())
		return 4;
	for (int i = 0; i < SETTINGS; i++) {
		const int result = count_periods();

		if (result)
			return result;
		stop();
	}
	return 0;
}
