/*
 * The same functions in each of i386's four calling conventions. These differ in who pops
 * the arguments, and in which arguments are in EAX, EDX and ECX.
 *
 * CONVENTION(X, name) is X(result, name_..., types...) for each function.
 */
#ifndef CALLS_CONVENTIONS_I386_H
#define CALLS_CONVENTIONS_I386_H

#include <stdint.h>
#include <jumpslot/external_func.h>
#include "calls_form.h"

struct block {
	int32_t words[5];
};

#define CONVENTION(X, name)                                                              \
	X(int, name##_none, void)                                                        \
	X(int, name##_one, int)                                                          \
	X(int, name##_two, int, int)                                                     \
	X(int, name##_three, int, int, int)                                              \
	X(int, name##_eight, int, int, int, int, int, int, int, int)                     \
	X(void, name##_store, int *, int, int)                                           \
	X(int64_t, name##_wide, int64_t)                                                 \
	X(uint64_t, name##_wides, uint64_t, int, uint64_t, int)                          \
	X(double, name##_real, double)                                                   \
	X(double, name##_reals, int, int, int, double, float, long double)               \
	X(int, name##_takes, struct block, int, struct block)                            \
	X(struct block, name##_gives, int)                                               \
	X(struct block, name##_passes, struct block, int, int, int)

CONVENTION(EXTERNAL_FUNC, cdecl)
CONVENTION(EXTERNAL_FUNC_REGPARM3, regparm3)
CONVENTION(EXTERNAL_FUNC_FASTCALL, fastcall)
CONVENTION(EXTERNAL_FUNC_STDCALL, stdcall)

#endif
