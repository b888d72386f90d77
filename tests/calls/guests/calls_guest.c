/*
 * Calls every function of calls.h, and prints which results are wrong. The exit status is
 * their number.
 */
#include <stdbool.h>
#include <jumpslot/entry.h>
#include "calls.h"
#include "calls_check.h"

static void check_integers(int round)
{
	int count = round;

	check(call_nothing() == 42, "no arguments", round);
	call_no_result(&count);
	check(count == round + 1, "no result", round);
	check(call_bool(true, 256, false) && !call_bool(true, 256, true) &&
		      !call_bool(true, 0, false),
	      "booleans", round);
	check(call_char(-100, 20) == -120 && call_unsigned_char(-1, 255) == 254, "char",
	      round);
	check(call_short(-30000, 2000) == -32000 &&
		      call_unsigned_short(-1, 65535) == 65534,
	      "short", round);
	check(call_narrow(1, 255, 3, -4, 5, -6, 7, 65535, true) == 524831,
	      "integers of several widths", round);
	check(call_int64(-((int64_t)1 << 40), 3, 7) == -((int64_t)3 << 40) - 7,
	      "signed 64-bit integers", round);
	check(call_uint64(3, 0xfffffffffffffffcu, 0xffff) == 0x555555555555aaab,
	      "unsigned 64-bit integers", round);
	check(call_eleven(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11) == 264, "eleven integers",
	      round);
}

static void check_pointers(int round)
{
	static const char text[] = "pointer";
	const char *end;
	const char *next = call_pointers(text, &end);

	check(next == text + 1 && end == text + 5, "pointers", round);
}

static void check_floats(int round)
{
	check(call_float(3.0f, 4.0f) == 0.75f, "float", round);
	check(call_floats(1.5, 2.5f, 3.5L) == 376.5, "floats", round);
	check(call_long_double(1.0L) == 1.0L / 3, "long double", round);
	check(call_mixed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16) == 1496,
	      "integers and doubles mixed", round);
}

static void check_vectors(int round)
{
	v2 product = call_v2((v2){ 2, 3 }, (v2){ 5, 7 });
	v4 difference = call_v4((v4){ 9, 8, 7, 6 }, (v4){ 1, 3, 5, 7 });

	check(product[0] == 10 && product[1] == 21, "16-byte vectors", round);
	check(difference[0] == 8 && difference[1] == 5 && difference[2] == 2 &&
		      difference[3] == -1,
	      "32-byte vectors", round);
}

static void check_vectors_on_the_stack(int round)
{
	v2 one = { 1, -1 };
	v4 four = { 1, 2, 3, -4 };
	v2 two = call_v2_beyond(1, 2 * one, 3 * one, 4 * one, 5 * one, 6 * one, 7 * one,
				8 * one, 9 * one, 10 * one, 11 * one);
	v4 sum = call_v4_beyond(1, 2 * four, 3 * four, 4 * four, 5 * four, 6 * four,
				7 * four, 8 * four, 9 * four, 10 * four, 11 * four);

	check(two[0] == 506 && two[1] == -504, "16-byte vectors on the stack", round);
	check(sum[0] == 506 && sum[1] == 1011 && sum[2] == 1516 && sum[3] == -2019,
	      "32-byte vectors on the stack", round);
}

static void check_pairs(int round)
{
	struct mixed_pair mixed = call_mixed_pair((struct mixed_pair){ 21, 8 }, 2);
	struct whole_pair whole = call_whole_pair((struct whole_pair){ 5, 6 }, 7);
	struct real_pair real = call_real_pair((struct real_pair){ 5, 6 }, 0.5);
	struct extended extended = call_extended((struct extended){ 1 }, 3);

	check(mixed.whole == 42 && mixed.real == 4, "a struct of both kinds", round);
	check(whole.first == 42 && whole.second == 12, "a struct of two integers", round);
	check(real.first == 3 && real.second == 5.5, "a struct of two doubles", round);
	check(extended.real == 1.0L / 3, "a struct of a long double", round);
}

static void fill(uint8_t *bytes, int size, int from)
{
	for (int i = 0; i < size; i++)
		bytes[i] = (uint8_t)(from + i * 5);
}

/* One function for each size, so that only one frame has the largest struct. */
#define BYTES_CHECK(X, size)                                                             \
	static __attribute__((__noinline__)) void check_bytes##size(int round)           \
	{                                                                                \
		struct bytes##size sent, expected;                                       \
                                                                                         \
		fill(sent.byte, size, 1);                                                \
		fill(expected.byte, size, 4);                                            \
		sent = call_bytes##size(sent, 3);                                        \
		check(same(&sent, &expected, size), "a struct of " #size " bytes",       \
		      round);                                                            \
	}
SIZES(BYTES_CHECK, )
BYTES_CHECK(, 70000)

static void check_structs(int round)
{
	check_pairs(round);
#define BYTES_CHECKED(X, size) check_bytes##size(round);
	SIZES(BYTES_CHECKED, )
	BYTES_CHECKED(, 70000)
}

static void check_variadic(int round)
{
	static const int pointed = 8;
	struct bytes40 bytes = { .byte[39] = 9 };

	check(call_variadic(9, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0) == 285,
	      "variadic doubles", round);
	check(call_variadic_kinds("ildDpSildDS", 1, (int64_t)2, 3.0, 4.0L, &pointed,
				  bytes, 5, (int64_t)6, 7.0, 8.0L, bytes) == 449,
	      "variadic arguments of every kind", round);
}

/* A nested function's static chain is in a register that no stub may change. */
static void check_nested(int round)
{
#ifndef __clang__
	int from_outside = 20;
	int __attribute__((__noinline__)) nested(int a)
	{
		return call_nothing() + from_outside + a;
	}

	check(nested(3) == 65, "a call in a nested function", round);
#endif
	(void)round;
}

JUMPSLOT_ENTRY(info)
{
	(void)info;
	for (int round = 0; round < ROUNDS; round++) {
		check_integers(round);
		check_pointers(round);
		check_floats(round);
		check_vectors(round);
		check_vectors_on_the_stack(round);
		check_structs(round);
		check_variadic(round);
		check_nested(round);
	}
	return done();
}
