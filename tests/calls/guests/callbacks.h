/* Host functions that call the guest back, one for each thing that can happen then. For
 * callbacks_guest.c and its provider. */
#ifndef CALLBACKS_H
#define CALLBACKS_H

#include <stdint.h>
#include <jumpslot/external_func.h>

struct callbacks_record {
	int64_t words[5];
};

typedef int callback_plain(int);
typedef long double callback_mixed(char, double, int64_t, float, long double, short,
				   double, int64_t, int, unsigned, void *, _Bool);
typedef struct callbacks_record callback_record(struct callbacks_record, int);
typedef int callback_compare(const void *, const void *);
typedef int callback_six(void *, void *, void *, void *, void *, void *);
typedef int callback_doubles(int, ...);

/* For each size: a struct of that many bytes, and a function without arguments that
 * returns one. */
#define CALLBACKS_SIZES(do)                                                              \
	do                                                                               \
	(1) do(2) do(3) do(4) do(5) do(8) do(12) do(16) do(17) do(24) do(40) do(9000)
#define CALLBACKS_BYTES(size)                                                            \
	struct callbacks_bytes_##size {                                                  \
		unsigned char bytes[size];                                               \
	};
CALLBACKS_SIZES(CALLBACKS_BYTES)
#define CALLBACKS_MAKER(size) struct callbacks_bytes_##size (*make_##size)(void);
struct callbacks_makers {
	CALLBACKS_SIZES(CALLBACKS_MAKER)
};

/* The largest alignment of an argument, between arguments of a smaller one. */
struct callbacks_wide {
	int64_t words[8];
} __attribute__((__aligned__(64)));
#define CALLBACKS_WIDE	 struct callbacks_wide, long double
#define CALLBACKS_WIDE_4 CALLBACKS_WIDE, CALLBACKS_WIDE, CALLBACKS_WIDE, CALLBACKS_WIDE
typedef int64_t callback_wide(CALLBACKS_WIDE_4, CALLBACKS_WIDE_4);

/* Calls function(argument) and returns its result. */
EXTERNAL_FUNC(int, call_back, callback_plain *, int)
/* These also call function(argument). Each takes another way through the gate. */
EXTERNAL_FUNC_VARIADIC(int, call_back_variadic, callback_plain *)
EXTERNAL_FUNC(int, call_back_blocking, callback_plain *, int)
EXTERNAL_FUNC(int, call_back_direct, callback_plain *, int)
/* Calls the function as C does, without jumpslot_guest_call(). */
EXTERNAL_FUNC(int, call_plainly, callback_plain *, int)
EXTERNAL_FUNC(int, call_back_mixed, callback_mixed *)
EXTERNAL_FUNC(int, call_back_record, callback_record *)
/* Returns 1 if all bytes of all structs came back. */
EXTERNAL_FUNC(int, call_back_makers, const struct callbacks_makers *)
EXTERNAL_FUNC_VARIADIC(int, call_back_makers_variadic, const struct callbacks_makers *)
EXTERNAL_FUNC(int, call_back_wide, callback_wide *)
EXTERNAL_FUNC_VARIADIC(int, call_back_wide_variadic, callback_wide *)
EXTERNAL_FUNC_VARIADIC(int, call_back_six_variadic, callback_six *)
/* Calls function(3, 1.5, 2.5, 3.0). */
EXTERNAL_FUNC(int, call_back_doubles, callback_doubles *)
EXTERNAL_FUNC(int, call_plainly_doubles, callback_doubles *)
/* Calls libc's qsort() with the guest's comparison. */
EXTERNAL_FUNC(void, sort, int *, int, callback_compare *)
/* Returns 0 if errno, rounding and signal mask are the same after the callback. */
EXTERNAL_FUNC(int, call_back_and_compare, callback_plain *)
/* Calls the guest from another thread of the host. */
EXTERNAL_FUNC(int, call_back_from_thread, callback_plain *, int)
/* Calls the guest when the process exits. */
EXTERNAL_FUNC(void, call_back_at_exit, callback_plain *)
/* Calls setjmp() and then the guest, which returns to it by leave_by_longjmp(). */
EXTERNAL_FUNC(int, call_back_with_setjmp, callback_plain *, int)
EXTERNAL_FUNC_VARIADIC(int, call_back_with_setjmp_variadic, callback_plain *)
/* Does the same, and then calls the guest once more. */
EXTERNAL_FUNC(int, call_back_after_longjmp, callback_plain *, int)
EXTERNAL_FUNC(int, leave_by_longjmp, int)
EXTERNAL_FUNC_VARIADIC(int, leave_by_longjmp_variadic, int)
EXTERNAL_FUNC(int, leave_by_longjmp_direct, int)
EXTERNAL_FUNC(int, add_one, int)
EXTERNAL_FUNC_VARIADIC(int, add_one_variadic, int)
EXTERNAL_FUNC_VARIADIC(int, sum_doubles, int)
EXTERNAL_FUNC_VARIADIC(int, sum_doubles_stated, int)
/* Return the number of vector registers with arguments: AL on x86-64, 0 on i386. */
EXTERNAL_FUNC_VARIADIC(int, count_vectors, int)
EXTERNAL_FUNC_VARIADIC(int, count_vectors_stated, int)
/* Removes 16 bytes too many from the stack when it returns. */
EXTERNAL_FUNC(int, pop_too_much, int)
EXTERNAL_FUNC(int, is_memory, const void *)
EXTERNAL_FUNC(void, say, const char *)

#endif
