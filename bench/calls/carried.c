/* The provider of carried_guest.c: a shared library, and a partition library. */
#include <jumpslot/provider.h>
#include "carried.h"

#define NAME(func)                                                                       \
	EXTERNAL_FUNC(int, func, int)                                                    \
	EF(func)                                                                         \
	JUMPSLOT_SYSCALLS(func, JUMPSLOT_NO_SYSCALLS)                                    \
	int func(int value)                                                              \
	{                                                                                \
		return value + 1;                                                        \
	}
#include "names.h"
#undef NAME

EF(carried_int)
JUMPSLOT_SYSCALLS(carried_int, JUMPSLOT_NO_SYSCALLS)
int carried_int(int value)
{
	return value + 1;
}

EF(carried_blocking)
JUMPSLOT_BLOCKING(carried_blocking)
JUMPSLOT_SYSCALLS(carried_blocking, JUMPSLOT_NO_SYSCALLS)
int carried_blocking(int value)
{
	return value + 1;
}

EF(carried_back)
JUMPSLOT_SYSCALLS(carried_back, JUMPSLOT_NO_SYSCALLS)
int carried_back(carried_function *function)
{
#ifdef PARTITION
	return function(1); /* in the guest's ring, a callback is a plain call */
#else
	return jumpslot_guest_call(function, 1);
#endif
}
