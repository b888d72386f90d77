/*
 * A guest that passes its provider loops of gated calls, and of the same direct calls.
 * With ANY_GUEST it has an instruction that loads MXCSR, so the gate checks MXCSR in each
 * call, and a clock: blocking calls mask its signal while it runs.
 */
#include <jumpslot/entry.h>
#ifdef ANY_GUEST
#include <jumpslot/virt_bsp.h>
#include <jumpslot/virt_cpu.h>
#endif
#include "gated.h"

/* Aligned, so that the code has the same alignment on both sides. */
#define LOOP(name, statement)                                                            \
	static __attribute__((__aligned__(64), __unused__)) int name(int value,          \
								     long times)         \
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

#ifdef ANY_GUEST
static const struct bench_pair pairs[] = {
	{ "one int, any guest", int_gated, int_direct, 1 },
	{ "callback : plain call, any guest", as_callback, plainly, 16 },
};
static const struct bench_pair with_clock = { "blocking, one int, with a clock",
					      int_blocking, int_direct, 16 };
static const struct bench_pair clock_runs = { "blocking, one int, clock runs",
					      int_blocking, int_direct, 64 };
/* Longer than the measurement, so that no sample holds an interrupt. */
#define PERIOD ((uint64_t)1000 * 1000000000)

static void handler(int vector, void *frame)
{
	(void)frame;
	_CPU_Virtual_Irq_ack(vector);
}

JUMPSLOT_ENTRY(info)
{
	const unsigned initial = 0x1f80;

	if (!info) /* never: the code is what counts */
		__asm__ volatile("ldmxcsr %0" : : "m"(initial));
	bench_pairs(pairs, sizeof(pairs) / sizeof(*pairs));
	_CPU_Virtual_Set_handler(handler);
	_CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
	_BSP_Virtual_Clock_init();
	bench_pairs(&with_clock, 1);
	_BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read() + PERIOD, PERIOD);
	bench_pairs(&clock_runs, 1);
	return 0;
}
#else
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
#endif
