/* On x86-64, RDI points to a result in memory. See calls/callback_result.h. */
#include "kvm/calls/callback_result.h"

uintptr_t callback_result_place(struct call_copy *copy, uintptr_t *stack, uintptr_t place)
{
	const uintptr_t wanted = copy->frame.di;

	(void)stack;
	copy->frame.di = place;
	return wanted;
}

void callback_result_return(struct call_copy *copy, uintptr_t address)
{
	copy->frame.ax = address;
}
