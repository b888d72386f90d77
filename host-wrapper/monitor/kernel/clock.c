/* The counter's rate is measured against the PIT's second channel. See clock.h. */
#include "clock.h"
#include "port_io.h"

#define PIT_HZ	      1193182u
#define PIT_CHANNEL_0 0x40
#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND   0x43
#define PIT_ONCE_0    0x30 /* channel 0, two bytes, mode 0: interrupt at the end */
#define PIT_ONCE_2    0xb0
#define GATE_PORT     0x61
#define GATE_ON	      0x01
#define GATE_SPEAKER  0x02
#define GATE_OUTPUT   0x20

#define SECOND	      1000000000u
#define MEASURED      11932u /* counts: 10 ms */
#define LONGEST_NS    50000000u
#define LONGEST_COUNT 59659u

static struct {
	uint64_t start; /* of the counter */
	uint64_t scale; /* nanoseconds per 2^32 counts */
	uint64_t armed; /* when the timer interrupts; 0: it does not */
} the;

static uint64_t counter(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void pit_count(uint8_t command, uint16_t channel, uint32_t count)
{
	port_write(PIT_COMMAND, command);
	port_write(channel, (uint8_t)count);
	port_write(channel, (uint8_t)(count >> 8));
}

void clock_start(void)
{
	const uint64_t ns = (uint64_t)MEASURED * SECOND / PIT_HZ;
	uint64_t before;

	port_write(GATE_PORT,
		   (uint8_t)((port_read(GATE_PORT) & ~GATE_SPEAKER) | GATE_ON));
	pit_count(PIT_ONCE_2, PIT_CHANNEL_2, MEASURED);
	before = counter();
	while (!(port_read(GATE_PORT) & GATE_OUTPUT))
		continue;
	the.start = counter();
	the.scale = (ns << 32) / (the.start - before);
}

uint64_t clock_now(void)
{
	const unsigned __int128 counts = counter() - the.start;

	return (uint64_t)(counts * the.scale >> 32);
}

/* Rounded up: never before its time. */
static uint32_t counts_of(uint64_t ns)
{
	if (ns >= LONGEST_NS)
		return LONGEST_COUNT;
	return (uint32_t)((ns * PIT_HZ + SECOND - 1) / SECOND);
}

void clock_timer(uint64_t at_ns)
{
	const uint64_t now = clock_now();
	uint32_t count;

	if (at_ns == the.armed)
		return;
	count = counts_of(at_ns > now ? at_ns - now : 0);
	the.armed = at_ns;
	pit_count(PIT_ONCE_0, PIT_CHANNEL_0, count ? count : 1);
}

void clock_timer_expired(void)
{
	the.armed = 0;
}
