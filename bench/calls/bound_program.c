/*
 * The peer of a guest at a fixed address: an ordinary program at that address, with a
 * library.
 * Arguments: REPETITIONS TIMES. Prints the ticks of each repetition.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "call_all.h"
#include "counted.h"

call_all call_by_plt;

int main(int argc, char **argv)
{
	long repetitions = argc == 3 ? atol(argv[1]) : 0;

	call_by_plt(0, 1); /* binds */
	if (COUNTS_INSTRUCTIONS && argc == 3)
		count_calls("program", call_by_plt, atol(argv[2]));
	while (repetitions-- > 0)
		printf("%" PRIu64 "\n", ticks_of(call_by_plt, atol(argv[2])));
	return 0;
}
