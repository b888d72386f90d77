/* Calls each function twice; the exit status is the number of wrong results. */
#include <jumpslot/entry.h>
#include "trace.h"

static int table[4];
static int wrong;

static void check(int right)
{
	wrong += !right;
}

static int called_back(int number)
{
	return number + trace_other(number);
}

static void call_all(void)
{
	static const struct trace_large large = { { 1, 2, 3, 4, 5 } };
	struct trace_large result;

	check(trace_gated(1, "A\n\"quoted\"") == 66);
	check(trace_direct(5000000000, 7) == -5000000007);
	trace_nothing();
	check(trace_float(0.5f, 0.25, 2.0L) == 2.75);
	check(trace_wide(-3) == -0.75L);
	result = trace_struct(large, 10);
	check(result.words[0] == 1 && result.words[4] == 15);
	check(trace_many(1, 2, 3, 4, 5, 6, 7, 8, 5000000000, 10) ==
	      1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + (int)5000000000 + 10);
	check(trace_calls_back(called_back, 20) == 41);
	check(trace_variadic("idi", 1, 2.0, 3) == 6);
	check(trace_variadic_direct("iiiiiiiiiiiid", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
				    12, 13.0) == 91);
	check(trace_bool(&table[1]));
	check(!trace_bool(0));
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	call_all();
	call_all();
	return wrong;
}
