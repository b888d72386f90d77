/* Settings of kernel.core_pattern, for guests with equal names and numbers. */

#include "launcher/run/core_pattern.h"
#include "unit.h"

START_TEST(a_number_of_the_whole_system_gives_each_process_a_name)
{
	static const char *const patterns[] = { "core.%P", "/var/%e.%I", "%%%P", "%h%P",
						"|/bin/keep %p" };

	for (size_t i = 0; i < COUNT(patterns); i++)
		ck_assert_msg(core_pattern_differs(patterns[i]), "%s", patterns[i]);
}
END_TEST

START_TEST(other_names_may_be_equal)
{
	static const char *const patterns[] = { "",	    "core", "core.%p", "%%P",
						"%e.%i.%t", "P%",   "core\n" };

	for (size_t i = 0; i < COUNT(patterns); i++)
		ck_assert_msg(!core_pattern_differs(patterns[i]), "%s", patterns[i]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_number_of_the_whole_system_gives_each_process_a_name,
		other_names_may_be_equal,
	};

	return unit_run("core patterns", tests, COUNT(tests));
}
