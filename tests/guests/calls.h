/* One function for each way in which arguments and results travel. */
#ifndef CALLS_H
#define CALLS_H

#include <stdint.h>
#include <jumpslot/external_func.h>

typedef double v2 __attribute__((vector_size(16)));
typedef double v4 __attribute__((vector_size(32)));
struct in_registers {
	int64_t whole;
	double real;
};
struct in_memory {
	int64_t words[5];
};
/* What a function found in its registers when it was entered. */
struct registers {
	uint64_t rax, rcx, rdx, rsi, rdi, r8, r9, r10;
	uint64_t rbx, rbp, r12, r13, r14, r15;
	uint64_t rsp;
	uint64_t mxcsr_and_control;
	uint8_t ymm[16][32];
	uint8_t st0[16];
};

EXTERNAL_FUNC(double, call_floats, double, float, long double)
EXTERNAL_FUNC(long double, call_long_double, long double)
EXTERNAL_FUNC(v2, call_v2, v2, v2)
EXTERNAL_FUNC(v4, call_v4, v4, v4)
EXTERNAL_FUNC(int64_t, call_eleven, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
	      int64_t, int64_t, int64_t, int64_t, int8_t)
EXTERNAL_FUNC(double, call_mixed, int, double, int, double, int, double, int, double, int,
	      double, int, double, int, double, double, double)
EXTERNAL_FUNC(struct in_registers, call_small, struct in_registers, int)
EXTERNAL_FUNC(struct in_memory, call_large, struct in_memory, int)
EXTERNAL_FUNC_VARIADIC(double, call_variadic, int)
EXTERNAL_FUNC(__int128, call_int128, __int128, unsigned __int128)
EXTERNAL_FUNC(uint64_t, call_chain, int)
EXTERNAL_FUNC(int, call_nothing)
EXTERNAL_FUNC(void, call_registers, struct registers *)

#endif
