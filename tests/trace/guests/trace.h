/* Functions of each way to carry a call, for traces. */
#ifndef TRACE_H
#define TRACE_H

#include <jumpslot/external_func.h>

struct trace_pair {
	double x, y;
};

struct trace_large {
	long long words[5];
};

typedef int trace_callback(int);

EXTERNAL_FUNC(int, trace_gated, int, const char *)
EXTERNAL_FUNC(long long, trace_direct, long long, unsigned char)
EXTERNAL_FUNC(void, trace_nothing)
EXTERNAL_FUNC(double, trace_float, float, double, long double)
EXTERNAL_FUNC(long double, trace_wide, int)
EXTERNAL_FUNC(struct trace_large, trace_struct, struct trace_large, int)
EXTERNAL_FUNC(int, trace_many, int, int, int, int, int, int, int, int, long long, int)
EXTERNAL_FUNC(int, trace_calls_back, trace_callback *, int)
EXTERNAL_FUNC_VARIADIC(int, trace_variadic, const char *)
EXTERNAL_FUNC_VARIADIC(int, trace_variadic_direct, const char *)
EXTERNAL_FUNC(_Bool, trace_bool, const void *)
EXTERNAL_FUNC(int, trace_other, int)

#endif
