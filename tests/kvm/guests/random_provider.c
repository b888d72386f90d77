/* Calls back whatever it is told to, and looks at all of its arguments. */
#include <jumpslot/provider.h>
#include <stdarg.h>
#include "random.h"

EF(random_calls)
EF(random_many)
EF(random_varies)
JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)

int random_calls(random_callback *function, int number)
{
	int sum = 0;

	for (int i = 0; i < number % 5; i++)
		sum += jumpslot_guest_call(function, i);
	return sum;
}

long random_many(long a, long b, long c, long d, long e, long f, long g, long h)
{
	return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
}

int random_varies(int count, ...)
{
	va_list list;
	long sum = 0;

	va_start(list, count);
	for (int i = 0; i < 100; i++)
		sum ^= va_arg(list, long);
	va_end(list);
	return (int)sum;
}
