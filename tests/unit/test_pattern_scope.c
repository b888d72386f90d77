/* Patterns of functions that are for one partition alone. */
#include <string.h>

#include "launcher/link/pattern_scope.h"
#include "unit.h"

static void expect(const char *text, const char *partition, const char *pattern)
{
	const char *found = pattern_scope_in(text, partition);

	if (pattern)
		ck_assert_msg(found && !strcmp(found, pattern), "%s: %s", text, found);
	else
		ck_assert_msg(!found, "%s: %s", text, found);
}

START_TEST(a_name_before_the_colon_is_a_partitions)
{
	expect("one:read_*", "one", "read_*");
	expect("one:read_*", "on", NULL);
	expect("one:read_*", "one2", NULL);
	expect("a-b_c.9:*", "a-b_c.9", "*");
	expect("one:", "one", "");
	expect("one:two:x", "one", "two:x");
}
END_TEST

START_TEST(other_patterns_are_for_all_partitions)
{
	static const char *const texts[] = { "read",   "*", "[[:alpha:]]*", "?:x", ":x",
					     "re*d:x", "",  "[:x]" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		ck_assert_uint_eq(pattern_scope(texts[i]), 0);
		expect(texts[i], "one", texts[i]);
	}
}
END_TEST

START_TEST(without_a_model_a_colon_means_nothing)
{
	expect("one:read", NULL, "one:read");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_name_before_the_colon_is_a_partitions,
		other_patterns_are_for_all_partitions,
		without_a_model_a_colon_means_nothing,
	};

	return unit_run("patterns of partitions", tests, COUNT(tests));
}
