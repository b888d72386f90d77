/* A guest that passes its provider loops of gated calls, and of the same direct calls. */
#include <jumpslot/entry.h>
#include "gated.h"

/* Aligned, so that the code has the same alignment on both sides. */
#define LOOP(name, statement)                                                            \
	static __attribute__((__aligned__(64))) int name(int value, long times)          \
	{                                                                                \
		do {                                                                     \
			statement                                                        \
		} while (--times);                                                       \
		return value;                                                            \
	}

static const struct bench_words words;

static int add_one(int value)
{
	return value + 1;
}

LOOP(none_gated, value += gated_none();)
LOOP(none_direct, value += direct_none();)
LOOP(int_gated, value = gated_int(value);)
LOOP(int_blocking, value = blocking_int(value);)
LOOP(int_direct, value = direct_int(value);)
LOOP(words_gated, value += gated_words(words);)
LOOP(words_direct, value += direct_words(words);)
LOOP(variadic_gated, value = gated_variadic(value, 1);)
LOOP(variadic_direct, value = direct_variadic(value, 1);)
LOOP(as_callback, value += call_back(add_one);)
LOOP(plainly, value += call_plainly(add_one);)

/* From caller.c: they call each function of names.h in turn. */
call_all call_by_stub, call_by_stub_direct;

static const struct bench_pair pairs[] = {
	{ "no arguments", none_gated, none_direct, 1 },
	{ "one int", int_gated, int_direct, 1 },
	{ "one int, 16 functions in turn", call_by_stub, call_by_stub_direct, 16 },
	{ "six words on the stack", words_gated, words_direct, 1 },
	{ "variadic, on the guest's stack", variadic_gated, variadic_direct, 1 },
	{ "blocking, one int", int_blocking, int_direct, 16 },
	{ "callback : plain call", as_callback, plainly, 16 },
};

JUMPSLOT_ENTRY(info)
{
	(void)info;
	bench_gated(pairs, sizeof(pairs) / sizeof(*pairs));
	return 0;
}
