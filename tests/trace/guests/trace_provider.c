/* The host's side. */
#include <jumpslot/provider.h>
#include <stdarg.h>
#include "trace.h"

EF(trace_gated)
EF(trace_direct)
JUMPSLOT_DIRECT(trace_direct)
EF(trace_nothing)
JUMPSLOT_BLOCKING(trace_nothing)
EF(trace_float)
EF(trace_wide)
EF(trace_struct)
EF(trace_many)
EF(trace_calls_back)
EF(trace_variadic)
EF(trace_variadic_direct)
JUMPSLOT_DIRECT(trace_variadic_direct)
EF(trace_bool)
EF(trace_other)

int trace_gated(int number, const char *text)
{
	return number + text[0];
}

long long trace_direct(long long number, unsigned char byte)
{
	return -number - byte;
}

void trace_nothing(void)
{
}

double trace_float(float a, double b, long double c)
{
	return (double)a + b + (double)c;
}

long double trace_wide(int number)
{
	return (long double)number / 4;
}

struct trace_large trace_struct(struct trace_large large, int number)
{
	large.words[4] += number;
	return large;
}

int trace_many(int a, int b, int c, int d, int e, int f, int g, int h, long long i, int j)
{
	return a + b + c + d + e + f + g + h + (int)i + j;
}

int trace_calls_back(trace_callback *function, int number)
{
	return jumpslot_guest_call(function, number) + 1;
}

static int sum(const char *types, va_list arguments)
{
	int result = 0;

	for (; *types; types++)
		result += *types == 'd' ? (int)va_arg(arguments, double)
					: va_arg(arguments, int);
	return result;
}

int trace_variadic(const char *types, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, types);
	result = sum(types, arguments);
	va_end(arguments);
	return result;
}

int trace_variadic_direct(const char *types, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, types);
	result = sum(types, arguments);
	va_end(arguments);
	return result;
}

_Bool trace_bool(const void *address)
{
	return address != 0;
}

int trace_other(int number)
{
	return number;
}
