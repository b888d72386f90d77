/* Names that are similar to a misspelt name or pattern. */
#include <string.h>

#include "launcher/link/nearest.h"
#include "unit.h"

static bool is_similar(const char *wanted, const char *name)
{
	struct nearest nearest = nearest_begin(wanted);

	return nearest_consider(&nearest, name);
}

START_TEST(a_wildcard_stands_for_any_letters)
{
	ck_assert(is_similar("sensor_raed*", "sensor_read_channel"));
	ck_assert(is_similar("*or_raed", "sensor_read"));
	ck_assert(is_similar("snesor_*d", "sensor_read"));
	ck_assert(is_similar("snesor_????", "sensor_read"));
	ck_assert(is_similar("snesor_[a-z]ead", "sensor_read"));
	ck_assert(is_similar("snesor_[!]a]ead", "sensor_read"));
	ck_assert(is_similar("snesor_[^]a]ead", "sensor_read"));
	ck_assert(!is_similar("snesor_*", "console_write"));
	ck_assert(!is_similar("snesor_?", "sensor_read"));
}
END_TEST

START_TEST(a_bracket_that_does_not_end_is_a_letter)
{
	ck_assert(is_similar("sensor_[", "sensor_a"));
	ck_assert(is_similar("sensor[!", "sensor_a"));
	ck_assert(is_similar("sensor_[]", "sensor_a"));
}
END_TEST

START_TEST(a_pattern_with_few_letters_is_similar_to_nothing_by_chance)
{
	ck_assert(!is_similar("x*", "sensor_read"));
	ck_assert(!is_similar("", "a"));
}
END_TEST

START_TEST(only_a_nearer_name_is_taken)
{
	struct nearest nearest = nearest_begin("sensor_*raed");

	ck_assert(nearest_consider(&nearest, "sensor_read"));
	ck_assert(!nearest_consider(&nearest, "sensor_read"));
	ck_assert(!nearest_consider(&nearest, "sensor_road"));
	ck_assert(nearest_consider(&nearest, "sensor_one_rad"));
}
END_TEST

START_TEST(long_names_and_patterns_are_similar_to_nothing)
{
	char name[82];

	memset(name, 'a', sizeof(name));
	name[81] = 0;
	ck_assert(!is_similar(name, name));
	ck_assert(!is_similar("a*", name));
	name[80] = 0;
	ck_assert(is_similar(name, name));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_wildcard_stands_for_any_letters,
		a_bracket_that_does_not_end_is_a_letter,
		a_pattern_with_few_letters_is_similar_to_nothing_by_chance,
		only_a_nearer_name_is_taken,
		long_names_and_patterns_are_similar_to_nothing,
	};

	return unit_run("similar names", tests, COUNT(tests));
}
