/* Host functions that interrupts hit: one for each way through the gate. */
#ifndef STEP_H
#define STEP_H

#include <stdint.h>
#include <jumpslot/external_func.h>

struct step_record {
	int64_t words[5];
};

typedef int step_callback(int);

/* All others except step_direct() increment this at their start, and decrement it at
 * their end. */
EXTERNAL_FUNC(void, step_share, volatile int *)

EXTERNAL_FUNC(int, step_none)
/* Weighted sums: swapped arguments change the result. */
EXTERNAL_FUNC(int, step_copied, int, int, int, int, int, int, int, int, int, int)
EXTERNAL_FUNC(int64_t, step_wide, int64_t, int64_t)
EXTERNAL_FUNC(double, step_double, double, double)
EXTERNAL_FUNC(struct step_record, step_record, int, int)
EXTERNAL_FUNC_STDCALL(int, step_stdcall, int, int, int)
EXTERNAL_FUNC_FASTCALL(int, step_fastcall, int, int, int)
EXTERNAL_FUNC_REGPARM3(int, step_regparm, int, int, int)
/* Runs on the guest's stack. The first argument counts the others, all integers. */
EXTERNAL_FUNC_VARIADIC(int, step_variadic, int)
EXTERNAL_FUNC(int, step_blocking, int)
EXTERNAL_FUNC(int, step_direct, int, int, int)
/* Call the guest back, and add. */
EXTERNAL_FUNC(int, step_back, step_callback *, int)
EXTERNAL_FUNC_VARIADIC(int, step_back_variadic, step_callback *)

#endif
