/*
 * A guest that runs in every host and counts the ticks of its calls. Arguments: what is
 * measured, and the calls of one line; see lines.h. First calls have one line, for all
 * functions of names.h together.
 */
#include <jumpslot/entry.h>
#include "carried.h"
#include "lines.h"

call_all call_by_stub; /* from caller.c */

static int add_one(int value)
{
	return value + 1;
}

LOOP(calls, value = carried_int(value);)
LOOP(blocking_calls, value = carried_blocking(value);)
LOOP(callbacks, value += carried_back(add_one);)

JUMPSLOT_ENTRY(info)
{
	const long times = number(2);
	char what[16] = "";

	(void)info;
	jumpslot_argument(1, what, sizeof(what));
	switch (what[0]) {
	case 'c':
		measure(calls, times);
		break;
	case 'b':
		measure(blocking_calls, times);
		break;
	case 'k': /* callbacks, with a call around each */
		measure(callbacks, times);
		break;
	default:
		if (jumpslot_argument_count() > 3)
			mark_calls(call_by_stub, 1);
		else
			print(ticks_of(call_by_stub, 1));
	}
	return 0;
}
