/* A guest that times calls and a loop, for the hosts that it runs on. Arguments: what is
 * timed, and how often. Each line of output is the nanoseconds per turn. */
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include <jumpslot/virt_cpu.h>
#include "trapped.h"

/* The number in an argument, 0 without one. */
static long number(int index)
{
	char text[32] = "";
	long value = 0;

	jumpslot_argument(index, text, sizeof(text));
	for (const char *at = text; *at; at++)
		value = 10 * value + (*at - '0');
	return value;
}

static void call_host(long count)
{
	for (long i = 0; i < count; i++)
		trapped_none();
}

static void call_inline(long count)
{
	for (long i = 0; i < count; i++)
		_CPU_Virtual_Irq_ack(2);
}

/* Dependent arithmetic, and loads and stores that the cache has. */
static void compute(long count)
{
	static volatile unsigned words[1024];
	unsigned value = 1;

	for (long i = 0; i < count; i++) {
		value = value * 1664525u + words[value >> 22] + 1013904223u;
		words[i & 1023] = value;
	}
}

JUMPSLOT_ENTRY(info)
{
	const long count = number(2);
	char what[16] = "";

	(void)info;
	jumpslot_argument(1, what, sizeof(what));
	trapped_time(0);
	switch (what[0]) {
	case 'c':
		call_host(count);
		break;
	case 'i':
		call_inline(count);
		break;
	default:
		compute(count);
	}
	trapped_time(count);
	return 0;
}
