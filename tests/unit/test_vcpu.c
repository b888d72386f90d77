/* The virtual CPU's state: the limit of a stack, and the return from a handler. */
#include <check.h>
#include <stdint.h>

#include "unit.h"
#include "vcpu/hooks.h"
#include "vcpu/vcpu.h"

#define LIMIT 0x10000

static volatile struct jumpslot_vcpu_state state;

void vcpu_kick(void)
{
}

/* Vector 20 is pending, and can be delivered at level 0. */
static void start(void)
{
	vcpu = (struct vcpu){ .handler = 1, .used = UINT64_MAX };
	vcpu_start(&state);
	state.masked = 0;
	state.pending = 1u << 20;
}

START_TEST(a_guest_starts_without_a_limit)
{
	state.stack_limit = 1;
	start();
	ck_assert_uint_eq(state.stack_limit, 0);
	ck_assert(vcpu_stack_has(0, SIZE_MAX));
	ck_assert(vcpu_stack_has(UINTPTR_MAX, 1));
}
END_TEST

START_TEST(a_frame_may_end_at_the_limit_and_not_below_it)
{
	start();
	state.stack_limit = LIMIT;
	ck_assert(vcpu_stack_has(LIMIT + 100, 100));
	ck_assert(!vcpu_stack_has(LIMIT + 100, 101));
	ck_assert(vcpu_stack_has(LIMIT, 0));
	ck_assert(!vcpu_stack_has(LIMIT, 1));
}
END_TEST

START_TEST(a_stack_pointer_below_the_limit_has_no_room)
{
	start();
	state.stack_limit = LIMIT;
	ck_assert(!vcpu_stack_has(LIMIT - 1, 0));
	ck_assert(!vcpu_stack_has(0, 1));
	ck_assert(!vcpu_stack_has(LIMIT - 1, SIZE_MAX));
	ck_assert(!vcpu_stack_has(LIMIT + 100, SIZE_MAX));
}
END_TEST

START_TEST(a_return_to_level_0_takes_the_next_vector)
{
	struct jumpslot_interrupt_frame frame = { .nesting = 3 };

	start();
	ck_assert_int_eq(vcpu_return(&frame), 20);
	ck_assert_uint_eq(frame.vector, 20);
	ck_assert_uint_eq(state.in_service, 1u << 20);
	ck_assert_uint_eq(state.nesting, 4);
	ck_assert_int_eq(vcpu_return(&frame), -1);
	ck_assert_uint_eq(state.nesting, 3);
}
END_TEST

/* The frame's level is that of the interrupted code, unless a handler changed it. */
START_TEST(a_return_to_another_level_takes_no_vector)
{
	static const uint32_t levels[] = { 1, 2, UINT32_MAX };
	struct jumpslot_interrupt_frame frame = { .nesting = 0 };

	for (size_t i = 0; i < COUNT(levels); i++) {
		start();
		frame.level = levels[i];
		ck_assert_int_eq(vcpu_return(&frame), -1);
		ck_assert_uint_eq(state.pending, 1u << 20);
		ck_assert_uint_eq(state.in_service, 0);
		ck_assert(!vcpu_reopen(&frame));
		ck_assert_uint_eq(state.level, levels[i]);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_guest_starts_without_a_limit,
		a_frame_may_end_at_the_limit_and_not_below_it,
		a_stack_pointer_below_the_limit_has_no_room,
		a_return_to_level_0_takes_the_next_vector,
		a_return_to_another_level_takes_no_vector,
	};

	return unit_run("vcpu", tests, COUNT(tests));
}
