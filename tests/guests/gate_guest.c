/* Looks at the gate from both sides. The exit status is 0 where all was right. */
#define JUMPSLOT_INLINE_CALLS
#include <jumpslot/start_info.h>
#include "gate.h"

static int protected_thunk(void)
{
	/* An inline call's variable holds what is in the slot: bound, that is a thunk. */
	protected_code(0);
	return protected_code((const void *)(uintptr_t)protected_code);
}

__attribute__((__noinline__)) static int outer_caller(int value)
{
	int sum = stop_here(value, 2, 3, 4, 5, 6, 7, 8);

	return sum + stop_here_variadic(value, 2, 3); /* no tail call */
}

__attribute__((__noinline__)) static int called_back(int value)
{
	return outer_caller(value) + 1;
}

/* It is shorter than 200 bytes. */
__attribute__((__noinline__)) static int frame_pointers(void)
{
	uintptr_t here = (uintptr_t)frame_pointers;

	return frames_lead_to(here, here + 200) + frames_lead_to_variadic(here, here + 200);
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	if (!protected_thunk())
		return 1;
	if (frame_pointers() != 2)
		return 2;
	if (stop_here_callback(called_back, 1) != 36 + 1 + 1 + 1)
		return 3;
	return use_stack(0x40000) == 1 ? 0 : 4;
}
