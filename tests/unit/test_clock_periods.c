/* The periods of the guest's own clock. */
#include <check.h>
#include <stdint.h>

#include "runner/clock_periods.h"
#include "unit.h"

#define PERIOD 1000
#define GAP    (PERIOD / 2)

static struct clock_periods periods;

static void expect(uint64_t now, bool busy, uint64_t wait)
{
	ck_assert_uint_eq(clock_periods_look(&periods, now, busy), wait);
}

/* Raised and acknowledged without any time between. */
static void take(uint64_t now)
{
	expect(now, false, CLOCK_RAISE);
	clock_periods_acknowledged(&periods, now);
}

START_TEST(a_clock_that_is_not_set_raises_nothing)
{
	clock_periods_stop(&periods);
	expect(0, false, CLOCK_NEVER);
	expect(1u << 30, true, CLOCK_NEVER);
}
END_TEST

START_TEST(periods_come_when_they_are_due)
{
	ck_assert_uint_eq(clock_periods_set(&periods, 10, 500, PERIOD), 0);
	expect(10, false, 490);
	expect(499, false, 1);
	take(500);
	expect(501, false, 999);
	take(1500);
	take(2500);
}
END_TEST

START_TEST(a_single_period_comes_once)
{
	ck_assert_uint_eq(clock_periods_set(&periods, 10, 20, 0), 0);
	expect(10, false, 10);
	expect(20, false, CLOCK_RAISE);
	expect(20, true, CLOCK_NEVER);
	clock_periods_acknowledged(&periods, 30);
	expect(1u << 30, false, CLOCK_NEVER);
}
END_TEST

START_TEST(what_is_past_when_the_clock_is_set_comes_at_once)
{
	ck_assert_uint_eq(clock_periods_set(&periods, 10 * PERIOD + 1, 0, PERIOD), 10);
	take(10 * PERIOD + 1);
	expect(10 * PERIOD + 1, false, 999);
	ck_assert_uint_eq(clock_periods_set(&periods, 100, 20, 0), 0);
	expect(100, false, CLOCK_RAISE);
}
END_TEST

START_TEST(late_periods_come_one_by_one_with_time_between_them)
{
	const uint64_t now = 4 * PERIOD;

	clock_periods_set(&periods, 0, PERIOD, PERIOD);
	take(now);
	for (uint64_t i = 0; i < 6; i++) {
		expect(now + i * GAP, false, GAP);
		expect(now + i * GAP + GAP - 1, false, 1);
		take(now + (i + 1) * GAP);
	}
	/* Caught up: six more periods ended in 3,000. */
	expect(now + 6 * GAP, false, PERIOD);
}
END_TEST

START_TEST(a_guest_that_was_slow_gets_each_period_in_the_end)
{
	uint64_t now = PERIOD, wait, raised = 0;

	clock_periods_set(&periods, 0, PERIOD, PERIOD);
	for (; raised < 100; raised++, now += 3 * PERIOD)
		take(now);
	while ((wait = clock_periods_look(&periods, now, false)) <= GAP)
		if (wait == CLOCK_RAISE) {
			clock_periods_acknowledged(&periods, now);
			raised++;
		} else {
			now += wait;
		}
	ck_assert_uint_eq(raised, now / PERIOD);
}
END_TEST

START_TEST(nothing_is_raised_while_the_vector_is_busy)
{
	clock_periods_set(&periods, 0, PERIOD, PERIOD);
	expect(0, true, PERIOD);
	expect(PERIOD, true, GAP);
	expect(5 * PERIOD, true, GAP);
	expect(5 * PERIOD, false, CLOCK_RAISE);
}
END_TEST

START_TEST(time_counts_from_the_first_look_if_the_vector_was_dropped)
{
	clock_periods_set(&periods, 0, 0, PERIOD);
	expect(0, false, CLOCK_RAISE);
	expect(3 * PERIOD, false, GAP);
	expect(3 * PERIOD + GAP, false, CLOCK_RAISE);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_clock_that_is_not_set_raises_nothing,
		periods_come_when_they_are_due,
		a_single_period_comes_once,
		what_is_past_when_the_clock_is_set_comes_at_once,
		late_periods_come_one_by_one_with_time_between_them,
		a_guest_that_was_slow_gets_each_period_in_the_end,
		nothing_is_raised_while_the_vector_is_busy,
		time_counts_from_the_first_look_if_the_vector_was_dropped,
	};

	return unit_run("clock_periods", tests, COUNT(tests));
}
