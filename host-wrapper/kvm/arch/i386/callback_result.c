/* On i386, the first word on the stack points to a result in memory, and the function
 * pops it. See calls/callback_result.h. */
#include "kvm/calls/callback_result.h"

uintptr_t callback_result_place(struct call_copy *copy, uintptr_t *stack, uintptr_t place)
{
	const uintptr_t wanted = *stack;

	(void)copy;
	*stack = place;
	return wanted;
}

void callback_result_return(struct call_copy *copy, uintptr_t address)
{
	copy->frame.ax = address;
	copy->frame.popped = sizeof(address);
}
