/* The peer of first_guest.c: an ordinary dynamic program. */
#include "first.h"

call_all call_by_plt;

int main(void)
{
	bench_first(call_by_plt);
	return 0;
}
