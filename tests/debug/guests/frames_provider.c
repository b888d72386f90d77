/* The host's functions of frames_guest.c. */
#include <jumpslot/provider.h>
#include "frames.h"
EF(host_stop)
EF(host_calls)
EF(host_stop_variadic)

int host_stop(int value)
{
	return value; /* the stop */
}

int host_calls(int (*function)(int), int value)
{
	int result = jumpslot_guest_call(function, value); /* the callback */

	return result + 1;
}

int host_stop_variadic(int value, ...)
{
	return value; /* the variadic stop */
}
