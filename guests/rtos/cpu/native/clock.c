/*
 * Periods by the timer, an 8254. Counter 2 counts all the time, and tells how many have
 * passed; counter 0 interrupts behind the end of one, set anew each time. So neither late
 * interrupts nor what setting takes make the time wrong, as long as somebody looks before
 * counter 2 has been around once, in 55 ms. Counts are of 1/1193182 s; the words of
 * command are from Intel's data sheet.
 */
#include "cpu.h"
#include "ports.h"

#define FREQUENCY 1193182u
#define LONGEST	  0xc000u /* counts to an interrupt; the rest is for being late */
#define BEHIND	  2u	  /* counts, so that no interrupt comes before a period's end */

enum { COUNTER_0 = 0x40, COUNTER_2 = 0x42, COMMAND = 0x43, GATE_2 = 0x61 };

#define GATE_2_OPEN   0x01 /* and no sound */
#define COUNT_ONCE_0  0x30 /* mode 0, both bytes */
#define COUNT_ROUND_2 0xb4 /* mode 2 */
#define LATCH_2	      0x80

static uint32_t period;
static uint16_t last;	 /* count that was read */
static uint32_t since;	 /* counts since the end of the last period that was told */
static uint32_t awaited; /* periods to the next interrupt */
static uint32_t missed;

static void look(void)
{
	uint16_t before = last;

	port_write(COMMAND, LATCH_2);
	last = port_read(COUNTER_2);
	last |= (uint16_t)(port_read(COUNTER_2) << 8);
	since += (uint16_t)(before - last);
}

static void interrupt_after(uint32_t periods)
{
	const uint32_t counts = periods * period - since + BEHIND;

	awaited = periods;
	port_write(COMMAND, COUNT_ONCE_0);
	port_write(COUNTER_0, (uint8_t)counts);
	port_write(COUNTER_0, (uint8_t)(counts >> 8));
}

void cpu_clock_start(uint32_t rate)
{
	period = FREQUENCY / rate;
	port_write(GATE_2, GATE_2_OPEN);
	port_write(COMMAND, COUNT_ROUND_2);
	port_write(COUNTER_2, 0);
	port_write(COUNTER_2, 0);
	look();
	since = 0;
	interrupt_after(1);
}

uint32_t cpu_clock_periods(void)
{
	uint32_t passed;

	look();
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

	look();
	if (since >= period)
		return false;
	interrupt_after(periods < most ? periods : most);
	return true;
}
