/*
 * The parts of Check that the resolver's tests and the fuzz targets use, on libc alone:
 * Debian has no 32-bit Check, and libFuzzer wants a failure to be a signal.
 */
#ifndef JUMPSLOT_CHECK_H
#define JUMPSLOT_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
	const char *name;
	void (*run)(void);
} TTest;

#define START_TEST(test)                                                                 \
	static void run_##test(void);                                                    \
	static const TTest test_##test = { #test, run_##test };                          \
	static const TTest *const test = &test_##test;                                   \
	static void run_##test(void)
#define END_TEST

#define ck_abort_msg(...)                                                                \
	do {                                                                             \
		fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                          \
		fprintf(stderr, __VA_ARGS__);                                            \
		fputc('\n', stderr);                                                     \
		abort();                                                                 \
	} while (0)

#define ck_assert_msg(holds, ...)                                                        \
	do {                                                                             \
		if (!(holds))                                                            \
			ck_abort_msg(__VA_ARGS__);                                       \
	} while (0)

#define ck_assert(holds) ck_assert_msg(holds, "%s", #holds)

#define CK_COMPARE(type, left, is, right)                                                \
	do {                                                                             \
		type left_ = (left), right_ = (right);                                   \
		ck_assert_msg(left_ is right_, "%s " #is " %s: %jd and %jd", #left,      \
			      #right, (intmax_t)left_, (intmax_t)right_);                \
	} while (0)

#define ck_assert_int_eq(left, right)  CK_COMPARE(intmax_t, left, ==, right)
#define ck_assert_int_gt(left, right)  CK_COMPARE(intmax_t, left, >, right)
#define ck_assert_int_lt(left, right)  CK_COMPARE(intmax_t, left, <, right)
#define ck_assert_uint_eq(left, right) CK_COMPARE(uintmax_t, left, ==, right)
#define ck_assert_uint_ne(left, right) CK_COMPARE(uintmax_t, left, !=, right)
#define ck_assert_uint_lt(left, right) CK_COMPARE(uintmax_t, left, <, right)
#define ck_assert_ptr_ne(left, right)                                                    \
	CK_COMPARE(uintptr_t, (uintptr_t)left, !=, (uintptr_t)right)

#endif
