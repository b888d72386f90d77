/* Deadlines as poll() takes them. */
#include <check.h>
#include <limits.h>

#include "common/monotonic.h"
#include "unit.h"

#define MS  UINT64_C(1000000)
#define NOW UINT64_C(5000000000)

static void expect(uint64_t left_ns, int ms)
{
	ck_assert_int_eq(monotonic_ms_until(NOW, NOW + left_ns), ms);
}

START_TEST(a_time_that_is_over_needs_no_waiting)
{
	expect(0, 0);
	ck_assert_int_eq(monotonic_ms_until(NOW, NOW - 1), 0);
	ck_assert_int_eq(monotonic_ms_until(NOW, 1), 0);
}
END_TEST

START_TEST(waiting_ends_after_the_time_and_not_before)
{
	expect(1, 1);
	expect(MS - 1, 1);
	expect(MS, 2);
	expect(10 * MS + 1, 11);
}
END_TEST

START_TEST(more_than_24_days_are_as_many_as_poll_takes)
{
	expect((INT_MAX - 1) * MS, INT_MAX);
	expect(INT_MAX * MS - 1, INT_MAX);
	expect(INT_MAX * MS, INT_MAX);
	expect((INT_MAX + UINT64_C(1)) * MS, INT_MAX);
	expect((UINT64_C(1) << 32) * MS, INT_MAX);
	expect(UINT64_MAX - NOW, INT_MAX);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_time_that_is_over_needs_no_waiting,
		waiting_ends_after_the_time_and_not_before,
		more_than_24_days_are_as_many_as_poll_takes,
	};

	return unit_run("deadlines", tests, COUNT(tests));
}
