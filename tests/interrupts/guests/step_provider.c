/* The host functions of step.h. Compiled with -Wno-attributes: x86-64 has one convention.
 */
#include <jumpslot/provider.h>
#include "step.h"
EF(step_share)
EF(step_none)
EF(step_copied)
EF(step_wide)
EF(step_double)
EF(step_record)
EF(step_stdcall)
EF(step_fastcall)
EF(step_regparm)
EF(step_variadic)
EF(step_blocking)
EF(step_direct)
EF(step_back)
EF(step_back_variadic)
JUMPSLOT_BLOCKING(step_blocking)
JUMPSLOT_DIRECT(step_direct)

#ifdef LOADS_MXCSR
/* Never called. The gate reads MXCSR when a function of such a provider returns. */
__attribute__((__used__)) static void load_mxcsr(const unsigned *value)
{
	__asm__ volatile("ldmxcsr %0" : : "m"(*value));
}
#endif

static int nowhere;
static volatile int *inside = &nowhere;

void step_share(volatile int *shared)
{
	inside = shared;
}

static void enter(void)
{
	++*inside;
}

static void leave(void)
{
	--*inside;
}

int step_none(void)
{
	enter();
	leave();
	return 7;
}

int step_copied(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j)
{
	enter();
	leave();
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}

int64_t step_wide(int64_t a, int64_t b)
{
	enter();
	leave();
	return a + b;
}

double step_double(double a, double b)
{
	enter();
	leave();
	return a + 2 * b;
}

struct step_record step_record(int a, int b)
{
	enter();
	leave();
	return (struct step_record){ { a, b, a + b, a - b, a * b } };
}

static int weigh(int a, int b, int c)
{
	enter();
	leave();
	return a + 2 * b + 3 * c;
}

__attribute__((__stdcall__)) int step_stdcall(int a, int b, int c)
{
	return weigh(a, b, c);
}

__attribute__((__fastcall__)) int step_fastcall(int a, int b, int c)
{
	return weigh(a, b, c);
}

__attribute__((__regparm__(3))) int step_regparm(int a, int b, int c)
{
	return weigh(a, b, c);
}

int step_variadic(int count, ...)
{
	__builtin_va_list arguments;
	int sum = 0;

	enter();
	__builtin_va_start(arguments, count);
	for (int i = 1; i <= count; i++)
		sum += i * __builtin_va_arg(arguments, int);
	__builtin_va_end(arguments);
	leave();
	return sum;
}

int step_blocking(int a)
{
	enter();
	leave();
	return a + 1;
}

int step_direct(int a, int b, int c)
{
	return a + 2 * b + 3 * c;
}

int step_back(step_callback *function, int a)
{
	int result;

	enter();
	result = jumpslot_guest_call(function, a);
	leave();
	return result + 1;
}

int step_back_variadic(step_callback *function, ...)
{
	__builtin_va_list arguments;
	int result;

	enter();
	__builtin_va_start(arguments, function);
	result = jumpslot_guest_call(function, __builtin_va_arg(arguments, int));
	__builtin_va_end(arguments);
	leave();
	return result + 1;
}
