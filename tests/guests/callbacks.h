/* Host functions that call the guest back, one for each thing that can happen then. */
#ifndef CALLBACKS_H
#define CALLBACKS_H

#include <stdint.h>
#include <jumpslot/external_func.h>

struct callbacks_record {
	int64_t words[5];
};

typedef int callback_plain(int);
typedef long double callback_mixed(char, double, int64_t, float, long double, short, double,
				   int64_t, int, unsigned, void *, _Bool);
typedef struct callbacks_record callback_record(struct callbacks_record, int);
typedef int callback_compare(const void *, const void *);

/* Calls function(argument) and returns its result. */
EXTERNAL_FUNC(int, call_back, callback_plain *, int)
/* The same, each by another way through the gate. */
EXTERNAL_FUNC_VARIADIC(int, call_back_variadic, callback_plain *)
EXTERNAL_FUNC(int, call_back_blocking, callback_plain *, int)
EXTERNAL_FUNC(int, call_back_direct, callback_plain *, int)
/* As it is in C: as if the function were the host's own. */
EXTERNAL_FUNC(int, call_plainly, callback_plain *, int)
EXTERNAL_FUNC(int, call_back_mixed, callback_mixed *)
EXTERNAL_FUNC(int, call_back_record, callback_record *)
/* libc's qsort(), with the guest's comparison. */
EXTERNAL_FUNC(void, sort, int *, int, callback_compare *)
/* 0 if errno, rounding and signal mask are what they were before the callback. */
EXTERNAL_FUNC(int, call_back_and_compare, callback_plain *)
/* In a thread of the host's own. */
EXTERNAL_FUNC(int, call_back_from_thread, callback_plain *, int)
/* Enters setjmp(), calls back, and is left behind by leave_by_longjmp(). */
EXTERNAL_FUNC(int, call_back_with_setjmp, callback_plain *, int)
EXTERNAL_FUNC(int, leave_by_longjmp, int)
EXTERNAL_FUNC(int, add_one, int)
EXTERNAL_FUNC(void, say, const char *)

#endif
