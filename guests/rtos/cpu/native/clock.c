/*
 * Periods by the timer, an 8254: mode 2 for one interrupt a period, and mode 0 for one
 * interrupt after several, or behind the rest of one. Counts are of 1/1193182 s; the
 * words of command are from Intel's data sheet.
 */
#include "cpu.h"
#include "lines.h"
#include "ports.h"

#define FREQUENCY 1193182u
#define LONGEST	  0xffffu
#define TOO_NEAR  200u /* counts in which a timer is not set anew */

enum { COUNTER = 0x40, COMMAND = 0x43 };

#define MODE_ONCE     0x30 /* counter 0, both bytes */
#define MODE_PERIODIC 0x34
#define READ_BACK     0xc2 /* status and count of counter 0 */
#define STATUS_OUTPUT 0x80

static uint32_t period;
/* Mode 0: counts at its start to the end of the first period, and of how many it is. */
static uint32_t first, skipped;

static void set(uint8_t mode, uint32_t counts)
{
	port_write(COMMAND, mode);
	port_write(COUNTER, (uint8_t)counts);
	port_write(COUNTER, (uint8_t)(counts >> 8));
}

static void go_on(void)
{
	skipped = 0;
	set(MODE_PERIODIC, period);
}

/* Counts that are left; `*over`: none is, in mode 0. */
static uint32_t read(bool *over)
{
	uint32_t low;

	port_write(COMMAND, READ_BACK);
	*over = port_read(COUNTER) & STATUS_OUTPUT;
	low = port_read(COUNTER);
	return low | (uint32_t)port_read(COUNTER) << 8;
}

void cpu_clock_start(uint32_t rate)
{
	period = FREQUENCY / rate;
	go_on();
}

/* Something else came first: how many periods have passed; it goes on to the next one's
 * end. Never by mode 2, whose output rises at once, as if a period had passed. */
static uint32_t interrupt_skip(uint32_t left)
{
	uint32_t done = first + (skipped - 1) * period - left;
	uint32_t passed = done < first ? 0 : 1 + (done - first) / period;

	first = first + passed * period - done;
	skipped = 1;
	set(MODE_ONCE, first);
	return passed;
}

uint32_t cpu_clock_periods(void)
{
	uint32_t passed = skipped;
	bool over;
	uint32_t left = read(&over);

	if (!skipped)
		return 1;
	if (!over)
		return interrupt_skip(left);
	if (lines_is_requested(LINE_TIMER))
		return 0; /* its interrupt comes at once */
	go_on();
	return passed;
}

/* The timer does not tell. */
uint32_t cpu_clock_missed(void)
{
	return 0;
}

void cpu_clock_skip(uint32_t periods)
{
	bool over;
	uint32_t left = read(&over), most = 1 + (LONGEST - left) / period;

	if (lines_is_requested(LINE_TIMER) || left < TOO_NEAR || left > period)
		return;
	first = left;
	skipped = periods < most ? periods : most;
	set(MODE_ONCE, first + (skipped - 1) * period);
}
