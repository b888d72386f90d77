/*
 * Output of guests that measure themselves in every host: a line is a number in
 * hexadecimal. And their arguments, and loops of one statement. Depends on the ABI's
 * headers, call_all.h and marked.h.
 */
#ifndef BENCH_LINES_H
#define BENCH_LINES_H

#include <jumpslot/arguments.h>
#include <jumpslot/virt_bsp.h>
#include "call_all.h"
#include "marked.h"

#define LINES 8

static inline void put(uint64_t value, char *to)
{
	for (int i = 15; i >= 0; i--, value >>= 4)
		to[i] = "0123456789abcdef"[value & 15];
	to[16] = '\n';
}

static inline void print(uint64_t value)
{
	char text[17];

	put(value, text);
	_BSP_Virtual_Console_write(text, sizeof(text));
}

/* The number in an argument, 0 without one. */
static inline long number(int index)
{
	char text[16] = "";
	long value = 0;

	jumpslot_argument(index, text, sizeof(text));
	for (const char *at = text; *at; at++)
		value = 10 * value + (*at - '0');
	return value;
}

#define LOOP(name, statement)                                                            \
	static int name(int value, long times)                                           \
	{                                                                                \
		do {                                                                     \
			statement                                                        \
		} while (--times);                                                       \
		return value;                                                            \
	}

/* Prints a line for each of several runs; with a third argument, marks one instead. */
static inline void measure(call_all *function, long times)
{
	function(0, 1); /* binds */
	if (jumpslot_argument_count() > 3) {
		mark_calls(function, times);
		return;
	}
	for (int i = 0; i < LINES; i++)
		print(ticks_of(function, times));
}

#endif
