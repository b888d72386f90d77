/* A guest that passes its provider two ways to call the same functions. */
#include <jumpslot/entry.h>
#include "bound.h"

call_all call_by_stub, call_by_slot;

JUMPSLOT_ENTRY(info)
{
	(void)info;
	bench_bound(call_by_stub, call_by_slot);
	return 0;
}
