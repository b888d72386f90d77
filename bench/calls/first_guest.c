/* A guest that calls each of many functions for the first time. */
#include <jumpslot/entry.h>
#include "first.h"

call_all call_by_stub;

JUMPSLOT_ENTRY(info)
{
	(void)info;
	bench_first(call_by_stub);
	return 0;
}
