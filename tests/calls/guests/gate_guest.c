/*
 * Checks the gate from both sides. The exit status is 0 if all was right. With an
 * argument it runs for a debugger: "w" takes every way through the gate, "c" has phases
 * to count.
 */
#define JUMPSLOT_INLINE_CALLS
#include <jumpslot/arguments.h>
#include <jumpslot/entry.h>
#include "gate.h"

static int protected_thunk(void)
{
	/* An inline call's variable holds the slot's content: once bound, a thunk. */
	protected_code(0);
	return protected_code((const void *)(uintptr_t)protected_code);
}

__attribute__((__noinline__)) static int outer_caller(int value)
{
	int sum = stop_here(value, 2, 3, 4, 5, 6, 7, 8);

	return sum + stop_here_variadic(value, 2, 3); /* no tail call */
}

__attribute__((__noinline__)) static int called_back(int value)
{
	return outer_caller(value) + 1;
}

/* Its code is shorter than 200 bytes. */
__attribute__((__noinline__)) static int frame_pointers(void)
{
	uintptr_t here = (uintptr_t)frame_pointers;

	return frames_lead_to(here, here + 200) +
	       frames_lead_to_variadic(here, here + 200);
}

static struct gate_result make_result(void)
{
	return (struct gate_result){ { 8, 7, 6, 5, 4, 3, 2, 1 } };
}

/* With the host's floats as the guest's, and otherwise. */
static void go_each_way(void)
{
	for (int i = 0; i < 2; i++) {
		nothing();
		nothing_variadic(0);
		return_in_memory();
		toggle_rounding();
	}
	toggle_rounding_variadic(0);
	toggle_rounding_variadic(0);
}

__attribute__((__noinline__)) static int every_way(void)
{
	int sum = stop_here(1, 2, 3, 4, 5, 6, 7, 8) + return_in_memory().words[7];

	go_each_way();
	call_plainly(nothing);
	call_plainly_variadic(nothing_variadic);
	sum += call_back_for_memory(make_result);
	return sum + stop_here_callback(called_back, 1);
}

static void toggle_mxcsr(unsigned bits)
{
	unsigned mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	mxcsr ^= bits;
	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

static void do_nothing(int times)
{
	for (int i = 0; i < times; i++) {
		nothing();
		nothing_variadic(0);
	}
}

/* test_gate.py expects these numbers of calls. */
static void cost(void)
{
	toggle_mxcsr(1); /* a flag: not compared by the gate */
	next_phase(0);
	do_nothing(1000);
	mask_signal(KEEP);
	next_phase(1);
	for (int i = 0; i < 10; i++)
		nothing_blocking();
	next_phase(2);
	mask_signal(MASK);
	do_nothing(5);
	mask_signal(UNMASK);
	next_phase(3);
	do_nothing(5);
	next_phase(4);
	toggle_mxcsr(0x4000);
	do_nothing(5);
	toggle_mxcsr(0x4000);
	next_phase(5);
}

JUMPSLOT_ENTRY(info)
{
	char what[2] = "";

	(void)info;
	jumpslot_argument(1, what, sizeof(what));
	if (what[0] == 'w')
		return every_way() + every_way() == 2 * (36 + 8 + 1 + 39) ? 0 : 5;
	if (what[0] == 'c')
		return cost(), 0;
	if (!protected_thunk())
		return 1;
	if (frame_pointers() != 2)
		return 2;
	if (stop_here_callback(called_back, 1) != 36 + 1 + 1 + 1)
		return 3;
	return use_stack(0x40000) == 1 ? 0 : 4;
}
