/* Call modes: the choice, and the bound of stack arguments by the psABI's rules.
 * tests/calls/test_stack_bytes.py compares the bound with what compilers do. */
#include <elf.h>

#include <jumpslot/external_abi.h>
#include "common/plan.h"
#include "launcher/link/call_mode.h"
#include "unit.h"

enum { NO_BOUND = -1 };

static int bound(unsigned machine, const char *type, uint32_t flags)
{
	uint32_t bytes;

	return call_mode_stack_bytes(type, flags, machine, &bytes) ? (int)bytes
								   : NO_BOUND;
}

struct expected {
	const char *type;
	int bytes;
};

static void check_bounds(unsigned machine, uint32_t flags,
			 const struct expected *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int found = bound(machine, expected[i].type, flags);

		ck_assert_msg(found == expected[i].bytes, "%s: %d, not %d",
			      expected[i].type, found, expected[i].bytes);
	}
}

START_TEST(on_x86_64_six_words_and_eight_vectors_are_in_registers)
{
	static const struct expected expected[] = {
		{ "v", 0 },
		{ "ipmuBc", 0 },
		{ "vllllll", 0 },
		{ "vlllllli", 8 },
		{ "dffffdddd", 0 },
		{ "dffffddddf", 8 },
		{ "vlllllldddddddd", 0 },
		{ "vlllllldddddddddp", 16 },
		{ "vD", 16 },
		{ "vDiD", 32 },
		{ "vllllllbD", 32 }, /* with padding */
		{ "Dllllll", 0 },
		{ "qllllll", 0 },
		{ "vqqq", 0 },
		{ "vqqqq", 16 },
		{ "vlllllq", 16 },
		{ "vllllllcq", 32 },
	};

	check_bounds(EM_X86_64, 0, expected, COUNT(expected));
}
END_TEST

START_TEST(on_x86_64_structs_and_vectors_are_counted_as_the_worst_they_may_be)
{
	static const struct expected expected[] = {
		/* Where paddings add up, an argument costs more in a register than its
		 * own bytes: by psABI these two take 56 and 200 bytes, with AVX. */
		{ "vS8.8S8.8DlllllDl", 72 },
		{ "vS32.32S32.32S64.64dddddddS64.64d", 264 },
		{ "vV4V4DlllllDl", 72 },
		{ "vS24.8", 24 },
		{ "vS21.1", 24 },
		{ "vS24.8S1.1", 32 },
		{ "vS8.8llllll", 16 }, /* memory, or a register that the last one lacks */
		{ "vS16.8llllll", 32 },
		{ "vS16.8dddddddd", 32 },
		{ "vS17.1llllll", 24 },
		{ "vS32.32dddddddd", 40 },
		{ "vS40.8dddddddd", 40 },
		{ "vlllllliS32.32", 64 },
		{ "vV16", 16 },
		{ "vV32", 32 },
		{ "vV8llllll", 16 },
		{ "S24.8lllll", 0 }, /* a hidden pointer */
		{ "S24.8llllll", 8 },
		{ "S16.8llllll", 8 },
		{ "V32llllll", 8 },
	};

	check_bounds(EM_X86_64, 0, expected, COUNT(expected));
}
END_TEST

START_TEST(on_i386_all_is_on_the_stack_in_words)
{
	static const struct expected
		expected[] = {
			{ "v", 0 },	    { "vBbhipcf", 28 },	 { "vlmd", 24 },
			{ "DD", 12 },	    { "vS1.1S5.4", 12 }, { "S4.4", 4 },
			{ "S24.4i", 8 },    { "V16", 4 },	 { "viS32.8", 36 },
			{ "viS32.16", 48 }, { "viV16", 80 }, /* each of its 16 elements
								may have a word */
		};

	check_bounds(EM_386, 0, expected, COUNT(expected));
	check_bounds(EM_386, JUMPSLOT_STDCALL, expected, COUNT(expected));
}
END_TEST

START_TEST(regparm_takes_three_words_off_the_stack)
{
	static const struct expected expected[] = {
		{ "viii", 0 },	{ "viiii", 4 },	   { "vli", 0 },    { "vil", 0 },
		{ "viil", 8 },	{ "viili", 12 }, /* the third register is lost */
		{ "vfdD", 24 }, { "vS4.4iii", 8 }, { "S4.4ii", 0 }, { "S4.4iii", 4 },
		{ "V16ii", 4 }, { "V16iii", 8 },
	};

	check_bounds(EM_386, JUMPSLOT_REGPARM3, expected, COUNT(expected));
}
END_TEST

START_TEST(fastcall_takes_two_small_words_off_the_stack)
{
	static const struct expected expected[] = {
		{ "vii", 0 }, { "viii", 4 },  { "vli", 12 },
		{ "vil", 8 }, { "S4.4i", 0 }, { "S4.4ii", 4 },
	};

	check_bounds(EM_386, JUMPSLOT_FASTCALL, expected, COUNT(expected));
}
END_TEST

START_TEST(what_a_gate_cannot_copy_has_no_bound)
{
	static const struct expected expected[] = {
		{ "vS65536.8", 65536 },
		{ "vS65537.1", NO_BOUND },
		{ "vS999999.1S999999.1", NO_BOUND },
		{ "vS128.64", 128 },
		{ "vS128.128", NO_BOUND },
		{ "vV128", NO_BOUND },
	};

	check_bounds(EM_X86_64, 0, expected, COUNT(expected));
	ck_assert_int_eq(bound(EM_X86_64, "ip.", JUMPSLOT_VARIADIC), NO_BOUND);
	ck_assert_int_eq(bound(EM_386, "ip.", JUMPSLOT_VARIADIC), NO_BOUND);
}
END_TEST

/* The call mode of an import and a function of these types. */
static struct call_mode decide(const char *guest, const char *host, uint32_t flags,
			       uint32_t said, uint32_t stack_bytes)
{
	const struct import import = { .name = "f",
				       .type = guest,
				       .flags = guest ? flags : 0 };
	const struct provided function = { .name = "f",
					   .type = host,
					   .function = 1,
					   .flags = (uint16_t)(host ? flags : 0),
					   .carry = (uint16_t)said,
					   .stack_bytes = stack_bytes };

	return call_mode_decide(&import, &function, EM_386);
}

static void check(struct call_mode call, uint32_t mode, uint32_t stack_bytes)
{
	ck_assert_uint_eq(call.mode, mode);
	ck_assert_uint_eq(call.stack_bytes, stack_bytes);
}

START_TEST(an_unknown_machine_is_not_taken_for_i386)
{
	ck_assert_int_eq(bound(EM_AARCH64, "vi", 0), NO_BOUND);
	ck_assert_int_eq(bound(EM_RISCV, "v", 0), NO_BOUND);
}
END_TEST

START_TEST(calls_are_gated_unless_the_provider_says_otherwise)
{
	check(decide("ii", "ii", 0, 0, 0), PLAN_GATED, 4);
	check(decide("ii", "ii", 0, JUMPSLOT_CARRY_GATED, 0), PLAN_GATED, 4);
	check(decide("ii", "ii", 0, JUMPSLOT_CARRY_DIRECT, 0), PLAN_DIRECT, 0);
	check(decide("ii", "ii", 0, JUMPSLOT_CARRY_BLOCKING, 0),
	      PLAN_GATED | PLAN_BLOCKING, 4);
	check(decide(NULL, NULL, 0, JUMPSLOT_CARRY_DIRECT, 0), PLAN_DIRECT, 0);
}
END_TEST

START_TEST(the_type_of_one_side_is_enough_with_its_flags)
{
	check(decide("iii", NULL, 0, 0, 0), PLAN_GATED, 8);
	check(decide(NULL, "iii", 0, 0, 0), PLAN_GATED, 8);
	check(decide("iii", NULL, JUMPSLOT_FASTCALL, 0, 0), PLAN_GATED, 0);
	check(decide(NULL, "iii", JUMPSLOT_FASTCALL, 0, 0), PLAN_GATED, 0);
}
END_TEST

START_TEST(without_a_bound_calls_run_on_the_guests_stack)
{
	check(decide(NULL, NULL, 0, 0, 0), PLAN_GUEST_STACK, 0);
	check(decide(NULL, NULL, 0, JUMPSLOT_CARRY_BLOCKING, 0),
	      PLAN_GUEST_STACK | PLAN_BLOCKING, 0);
	check(decide("ip.", NULL, JUMPSLOT_VARIADIC, 0, 0), PLAN_GUEST_STACK, 0);
	check(decide(NULL, "ip.", JUMPSLOT_VARIADIC, 0, 0), PLAN_GUEST_STACK, 0);
	check(decide("vS999999.1", NULL, 0, 0, 0), PLAN_GUEST_STACK, 0);
}
END_TEST

START_TEST(stack_bytes_that_the_provider_states_count)
{
	check(decide(NULL, NULL, 0, JUMPSLOT_CARRY_STACK, 12), PLAN_GATED, 12);
	check(decide(NULL, NULL, 0, JUMPSLOT_CARRY_STACK, 0), PLAN_GATED, 0);
	check(decide("ip.", "ip.", JUMPSLOT_VARIADIC,
		     JUMPSLOT_CARRY_BLOCKING | JUMPSLOT_CARRY_STACK, 64),
	      PLAN_GATED | PLAN_BLOCKING, 64);
	check(decide("ii", "ii", 0, JUMPSLOT_CARRY_STACK, 16), PLAN_GATED, 16);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		on_x86_64_six_words_and_eight_vectors_are_in_registers,
		on_x86_64_structs_and_vectors_are_counted_as_the_worst_they_may_be,
		on_i386_all_is_on_the_stack_in_words,
		regparm_takes_three_words_off_the_stack,
		fastcall_takes_two_small_words_off_the_stack,
		what_a_gate_cannot_copy_has_no_bound,
		an_unknown_machine_is_not_taken_for_i386,
		calls_are_gated_unless_the_provider_says_otherwise,
		the_type_of_one_side_is_enough_with_its_flags,
		without_a_bound_calls_run_on_the_guests_stack,
		stack_bytes_that_the_provider_states_count,
	};

	return unit_run("call_mode", tests, COUNT(tests));
}
