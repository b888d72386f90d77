/* The rules of delivery, and the sets of vectors. */
#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "unit.h"
#include "vcpu/rules.h"
#include "vcpu/vector_set.h"

static const struct vcpu_snapshot ready = {
	.place = VCPU_IN_GUEST,
	.used = UINT64_MAX,
	.pending = (uint64_t)1 << 40 | 1u << 5,
};

static void expect(const struct vcpu_snapshot *now, enum vcpu_action action)
{
	ck_assert_int_eq(vcpu_decide(now).action, action);
}

START_TEST(the_lowest_vector_is_delivered)
{
	struct vcpu_snapshot now = ready;

	expect(&now, VCPU_DELIVER);
	ck_assert_uint_eq(vcpu_decide(&now).vector, 5);
	now.pending &= ~(uint64_t)(1u << 5);
	ck_assert_uint_eq(vcpu_decide(&now).vector, 40);
	now.pending = (uint64_t)1 << 63;
	ck_assert_uint_eq(vcpu_decide(&now).vector, 63);
}
END_TEST

START_TEST(a_vector_that_is_not_deliverable_is_left_out)
{
	struct vcpu_snapshot now = ready;

	now.masked = 1u << 5;
	ck_assert_uint_eq(vcpu_decide(&now).vector, 40);
	now.in_service = (uint64_t)1 << 40;
	expect(&now, VCPU_NOTHING);
	now = ready;
	now.used = 1u << 6;
	expect(&now, VCPU_NOTHING);
	now.used = 0;
	expect(&now, VCPU_NOTHING);
}
END_TEST

START_TEST(a_host_function_comes_before_the_level)
{
	struct vcpu_snapshot now = ready;

	now.place = VCPU_IN_HOST;
	expect(&now, VCPU_DEFER);
	now.level = 1;
	expect(&now, VCPU_DEFER);
	now.pending = 0;
	expect(&now, VCPU_DEFER);
}
END_TEST

START_TEST(any_level_but_0_holds)
{
	static const enum vcpu_place places[] = { VCPU_IN_GUEST, VCPU_IN_RETURNING };
	static const uint32_t levels[] = { 1, 2, UINT32_MAX };
	struct vcpu_snapshot now = ready;

	for (size_t i = 0; i < COUNT(places); i++)
		for (size_t j = 0; j < COUNT(levels); j++) {
			now.place = places[i];
			now.level = levels[j];
			expect(&now, VCPU_HOLD);
		}
}
END_TEST

/* It looks at what is pending itself. */
START_TEST(an_open_return_is_restarted_whatever_is_pending)
{
	struct vcpu_snapshot now = ready;

	now.place = VCPU_IN_RETURNING;
	expect(&now, VCPU_RESTART);
	now.pending = 0;
	expect(&now, VCPU_RESTART);
}
END_TEST

START_TEST(bit_n_of_a_set_is_vector_n)
{
	for (unsigned vector = 0; vector < 64; vector++) {
		volatile uint64_t set = 0;

		ck_assert(!vector_in(&set, vector));
		ck_assert(!vector_add(&set, vector));
		ck_assert(set == (uint64_t)1 << vector);
		ck_assert_uint_eq(vector_lowest(set), vector);
		ck_assert_uint_eq(vector_lowest(UINT64_MAX << vector), vector);
		ck_assert(vector_in(&set, vector));
		ck_assert(vector_add(&set, vector));
		set = UINT64_MAX;
		vector_remove(&set, vector);
		ck_assert(set == ~((uint64_t)1 << vector));
	}
}
END_TEST

/* Stores a 64-bit value in memory as a machine of either byte order does. */
static void store(uint8_t bytes[8], uint64_t value, bool is_big_endian)
{
	for (unsigned i = 0; i < 8; i++)
		bytes[is_big_endian ? 7 - i : i] = (uint8_t)(value >> 8 * i);
}

START_TEST(the_half_of_a_vector_is_right_for_both_byte_orders)
{
	static const uint8_t zeroes[4];

	for (int is_big_endian = 0; is_big_endian < 2; is_big_endian++)
		for (unsigned vector = 0; vector < 64; vector++) {
			unsigned half = vector_half_index(vector, is_big_endian);
			uint8_t bytes[8];

			store(bytes, (uint64_t)1 << vector, is_big_endian);
			ck_assert_uint_lt(half, 2);
			ck_assert(memcmp(bytes + 4 * half, zeroes, 4) != 0);
			ck_assert(memcmp(bytes + 4 * (1 - half), zeroes, 4) == 0);
		}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_lowest_vector_is_delivered,
		a_vector_that_is_not_deliverable_is_left_out,
		a_host_function_comes_before_the_level,
		any_level_but_0_holds,
		an_open_return_is_restarted_whatever_is_pending,
		bit_n_of_a_set_is_vector_n,
		the_half_of_a_vector_is_right_for_both_byte_orders,
	};

	return unit_run("vcpu_rules", tests, COUNT(tests));
}
