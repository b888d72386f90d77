/*
 * Lists of functions, one for each way in which arguments and results are passed on any
 * architecture. CALLS(X) is X(result, name, types...) for each. VARIADIC_CALLS(X) lists
 * those that end in `...`, UNCOPIED_CALLS(X) those with more arguments than a gate
 * copies.
 *
 * With -DUNTYPED the functions have C prototypes, and neither side declares types.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdint.h>
#include <jumpslot/external_func.h>
#include "calls_form.h"

typedef double v2 __attribute__((vector_size(16)));
typedef double v4 __attribute__((vector_size(32)));

/* Passed on x86-64 in one register of each kind, in two of a kind, and in none. */
struct mixed_pair {
	int64_t whole;
	double real;
};
struct whole_pair {
	int64_t first, second;
};
struct real_pair {
	double first, second;
};
struct extended {
	long double real;
};

/* Structures of each size that is passed in its own way, and larger ones. */
/* clang-format off */
#define SIZES(F, X)                                                                      \
	F(X, 1) F(X, 2) F(X, 3) F(X, 4) F(X, 5) F(X, 7) F(X, 8) F(X, 9) F(X, 12)         \
	F(X, 15) F(X, 16) F(X, 17) F(X, 24) F(X, 31) F(X, 32) F(X, 40) F(X, 200)         \
	F(X, 4000)
/* clang-format on */
#define BYTES_TYPE(X, size)                                                              \
	struct bytes##size {                                                             \
		uint8_t byte[size];                                                      \
	};
#define BYTES_CALL(X, size)                                                              \
	X(struct bytes##size, call_bytes##size, struct bytes##size, int)
SIZES(BYTES_TYPE, )
BYTES_TYPE(, 70000)

#define CALLS(X)                                                                         \
	X(int, call_nothing, void)                                                       \
	X(void, call_no_result, int *)                                                   \
	X(const char *, call_pointers, const char *, const char **)                      \
	X(_Bool, call_bool, _Bool, int, _Bool)                                           \
	X(signed char, call_char, signed char, unsigned char)                            \
	X(unsigned char, call_unsigned_char, signed char, unsigned char)                 \
	X(short, call_short, short, unsigned short)                                      \
	X(unsigned short, call_unsigned_short, short, unsigned short)                    \
	X(int, call_narrow, int, unsigned char, int, short, int, signed char, int,       \
	  unsigned short, _Bool)                                                         \
	X(int64_t, call_int64, int64_t, int, int64_t)                                    \
	X(uint64_t, call_uint64, int, uint64_t, uint64_t)                                \
	X(int64_t, call_eleven, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,    \
	  int64_t, int64_t, int64_t, int64_t, int8_t)                                    \
	X(float, call_float, float, float)                                               \
	X(double, call_floats, double, float, long double)                               \
	X(long double, call_long_double, long double)                                    \
	X(double, call_mixed, int, double, int, double, int, double, int, double, int,   \
	  double, int, double, int, double, double, double)                              \
	X(v2, call_v2, v2, v2)                                                           \
	X(v4, call_v4, v4, v4)                                                           \
	X(v2, call_v2_beyond, int, v2, v2, v2, v2, v2, v2, v2, v2, v2, v2)               \
	X(v4, call_v4_beyond, int, v4, v4, v4, v4, v4, v4, v4, v4, v4, v4)               \
	X(struct mixed_pair, call_mixed_pair, struct mixed_pair, int)                    \
	X(struct whole_pair, call_whole_pair, struct whole_pair, int)                    \
	X(struct real_pair, call_real_pair, struct real_pair, double)                    \
	X(struct extended, call_extended, struct extended, int)                          \
	SIZES(BYTES_CALL, X)

#define VARIADIC_CALLS(X)                                                                \
	X(double, call_variadic, int)                                                    \
	X(double, call_variadic_kinds, const char *)

#define UNCOPIED_CALLS(X) BYTES_CALL(X, 70000)

CALLS(CALL)
UNCOPIED_CALLS(CALL)
VARIADIC_CALLS(VARIADIC_CALL)

#endif
