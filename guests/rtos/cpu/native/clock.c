/*
 * Periods on the 8254 timer. Counter 2 runs freely and measures the time; counter 0
 * interrupts after the end of a period and is set again each time. So the time stays
 * right when interrupts are late, provided that update() runs before counter 2 wraps,
 * every 55 ms. A count is 1/1193182 s; the commands are from Intel's data sheet.
 */
#include "cpu.h"
#include "ports.h"

#define FREQUENCY 1193182u
#define LONGEST	  0xc000u /* counts to an interrupt; the rest is slack */
#define MARGIN	  2u	  /* counts, so that no interrupt precedes a period's end */

enum { COUNTER_0 = 0x40, COUNTER_2 = 0x42, COMMAND = 0x43, GATE_2 = 0x61 };

#define GATE_2_OPEN   0x01 /* with the speaker off */
#define COUNT_ONCE_0  0x30 /* mode 0, both bytes */
#define COUNT_ROUND_2 0xb4 /* mode 2 */
#define LATCH_2	      0x80

static uint32_t period;
static uint16_t last;	 /* last value of counter 2 */
static uint32_t since;	 /* counts since the end of the last reported period */
static uint32_t awaited; /* periods to the next interrupt */
static uint32_t missed;

static void update(void)
{
	uint16_t before = last;

	port_write(COMMAND, LATCH_2);
	last = port_read(COUNTER_2);
	last |= (uint16_t)(port_read(COUNTER_2) << 8);
	since += (uint16_t)(before - last);
}

static void interrupt_after(uint32_t periods)
{
	const uint32_t counts = periods * period - since + MARGIN;

	awaited = periods;
	port_write(COMMAND, COUNT_ONCE_0);
	port_write(COUNTER_0, (uint8_t)counts);
	port_write(COUNTER_0, (uint8_t)(counts >> 8));
}

bool cpu_clock_start(uint32_t rate)
{
	period = FREQUENCY / rate;
	port_write(GATE_2, GATE_2_OPEN);
	port_write(COMMAND, COUNT_ROUND_2);
	port_write(COUNTER_2, 0);
	port_write(COUNTER_2, 0);
	update();
	since = 0;
	interrupt_after(1);
	return true;
}

uint32_t cpu_clock_periods(void)
{
	uint32_t passed;

	update();
	passed = since / period;
	since %= period;
	if (passed > awaited)
		missed += passed - awaited;
	interrupt_after(1);
	return passed;
}

uint32_t cpu_clock_missed(void)
{
	uint32_t result = missed;

	missed = 0;
	return result;
}

bool cpu_clock_skip(uint32_t periods)
{
	const uint32_t most = LONGEST / period;

	update();
	if (since >= period)
		return false;
	interrupt_after(periods < most ? periods : most);
	return true;
}
