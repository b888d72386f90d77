/* The map from names to numbers. */
#include <stdio.h>

#include "launcher/scan/name_index.h"
#include "unit.h"

#define MANY 100000

START_TEST(an_empty_index_finds_nothing)
{
	struct name_index index;

	ck_assert_int_eq(name_index_init(&index, 0), 0);
	ck_assert_uint_eq(name_index_find(&index, "name"), NAME_INDEX_NONE);
	ck_assert_uint_eq(name_index_find(&index, ""), NAME_INDEX_NONE);
	name_index_free(&index);
}
END_TEST

START_TEST(a_name_keeps_the_number_that_it_got_first)
{
	struct name_index index;

	ck_assert_int_eq(name_index_init(&index, 1), 0);
	ck_assert_uint_eq(name_index_add(&index, "name", 7), NAME_INDEX_NONE);
	ck_assert_uint_eq(name_index_add(&index, "name", 8), 7);
	ck_assert_uint_eq(name_index_find(&index, "name"), 7);
	ck_assert_uint_eq(name_index_find(&index, "nam"), NAME_INDEX_NONE);
	name_index_free(&index);
}
END_TEST

START_TEST(a_hundred_thousand_names_are_told_apart)
{
	static char names[MANY][8];
	struct name_index index;

	ck_assert_int_eq(name_index_init(&index, MANY), 0);
	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		ck_assert_uint_eq(name_index_add(&index, names[i], i), NAME_INDEX_NONE);
	}
	for (size_t i = 0; i < MANY; i++)
		ck_assert_uint_eq(name_index_find(&index, names[i]), i);
	ck_assert_uint_eq(name_index_find(&index, "f100000"), NAME_INDEX_NONE);
	name_index_free(&index);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_empty_index_finds_nothing,
		a_name_keeps_the_number_that_it_got_first,
		a_hundred_thousand_names_are_told_apart,
	};

	return unit_run("name index", tests, COUNT(tests));
}
