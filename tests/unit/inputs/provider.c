/* A provider with one record of each kind, for tests that damage its table. */
#include <jumpslot/provider.h>

EXTERNAL_FUNC(int, twice, int)
EXTERNAL_FUNC(double, thrice, double)
EXTERNAL_FUNC_VARIADIC(int, sum, int)
EF(twice)
EF(thrice)
EF(untyped)
JUMPSLOT_DIRECT(twice)
JUMPSLOT_BLOCKING(untyped)
JUMPSLOT_STACK_BYTES(untyped, 3 * sizeof(void *))

int untyped(void);

int twice(int a)
{
	return 2 * a;
}

double thrice(double a)
{
	return 3 * a;
}

int untyped(void)
{
	return 4;
}
