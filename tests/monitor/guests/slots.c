/*
 * Notes when its time slots begin and end, by the processor's time-stamp counter, which
 * no trap makes late: a gap between two readings is the time between two slots. Prints
 * the last reading before each gap and the first one after it; with an argument, after a
 * time in which another partition does the same.
 */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>

#define GAPS	100
#define LONGEST 5000	  /* counts between two readings in one slot */
#define LATER	150000000 /* counts */

static uint64_t ends[GAPS];
static uint64_t starts[GAPS];

static uint64_t counter(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void put(char *to, uint64_t value, char end)
{
	for (int i = 15; i >= 0; i--, value >>= 4)
		to[i] = "0123456789abcdef"[value & 15];
	to[16] = end;
}

/* A line in one call, so that a neighbour's does not come in between. */
static void print(uint64_t end, uint64_t start)
{
	char line[34];

	put(line, end, ' ');
	put(line + 17, start, '\n');
	_BSP_Virtual_Console_write(line, sizeof(line));
}

JUMPSLOT_ENTRY(info)
{
	uint64_t last = counter();

	(void)info;
	for (int gap = 0; gap < GAPS;) {
		const uint64_t now = counter();

		if (now - last > LONGEST) {
			ends[gap] = last;
			starts[gap++] = now;
		}
		last = now;
	}
	while (jumpslot_argument_count() > 1 && counter() - last < LATER)
		continue;
	for (int gap = 0; gap < GAPS; gap++)
		print(ends[gap], starts[gap]);
	return 0;
}
