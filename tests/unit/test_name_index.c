/* The map from names to numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/scan/name_index.h"
#include "unit.h"

#define MANY 100000

static size_t add(struct name_index *index, const char *name, size_t number)
{
	return name_index_add(index, name, name_hash(name, strlen(name)), number);
}

static void init(struct name_index *index, size_t count, const char *const *names)
{
	ck_assert_int_eq(name_index_init(index, count, names, sizeof(*names)), 0);
}

START_TEST(an_empty_index_finds_nothing)
{
	struct name_index index;

	init(&index, 0, NULL);
	ck_assert_uint_eq(name_index_find(&index, "name"), NAME_INDEX_NONE);
	ck_assert_uint_eq(name_index_find(&index, ""), NAME_INDEX_NONE);
	name_index_free(&index);
}
END_TEST

START_TEST(a_name_keeps_the_number_that_it_got_first)
{
	static const char *const names[8] = { [7] = "name" };
	struct name_index index;

	init(&index, 8, names);
	ck_assert_uint_eq(add(&index, "name", 7), NAME_INDEX_NONE);
	ck_assert_uint_eq(add(&index, "name", 6), 7);
	ck_assert_uint_eq(name_index_find(&index, "name"), 7);
	ck_assert_uint_eq(name_index_find(&index, "nam"), NAME_INDEX_NONE);
	name_index_free(&index);
}
END_TEST

START_TEST(a_hundred_thousand_names_are_told_apart)
{
	static char texts[MANY][8];
	static const char *names[MANY];
	struct name_index index;

	init(&index, MANY, names);
	for (size_t i = 0; i < MANY; i++) {
		names[i] = texts[i];
		snprintf(texts[i], sizeof(texts[i]), "f%zu", i);
		ck_assert_uint_eq(add(&index, names[i], i), NAME_INDEX_NONE);
	}
	for (size_t i = 0; i < MANY; i++)
		ck_assert_uint_eq(name_index_find(&index, names[i]), i);
	ck_assert_uint_eq(name_index_find(&index, "f100000"), NAME_INDEX_NONE);
	name_index_free(&index);
}
END_TEST

/* A slot has the rest of a hash, and the name decides where that is the same. */
START_TEST(names_with_one_hash_are_told_apart)
{
	static const char *const names[] = { "one", "other", "third" };
	struct name_index index;

	init(&index, COUNT(names), names);
	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert_uint_eq(name_index_add(&index, names[i], UINT32_MAX, i),
				  NAME_INDEX_NONE);
	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert_uint_eq(name_index_find_hashed(&index, names[i], UINT32_MAX),
				  i);
	ck_assert_uint_eq(name_index_find_hashed(&index, "fourth", UINT32_MAX),
			  NAME_INDEX_NONE);
	ck_assert_uint_eq(name_index_find_hashed(&index, "one", UINT32_MAX >> 1),
			  NAME_INDEX_NONE);
	name_index_free(&index);
}
END_TEST

/* Each byte of a name counts, wherever the hash reads words that overlap. */
START_TEST(names_that_differ_in_one_byte_have_different_hashes)
{
	char name[40];

	for (size_t length = 1; length < sizeof(name); length++) {
		memset(name, 'a', length);
		name[length] = 0;
		for (size_t i = 0; i < length; i++) {
			const uint32_t before = name_hash(name, length);

			name[i] = 'b';
			ck_assert_uint_ne(before, name_hash(name, length));
			name[i] = 'a';
		}
		ck_assert_uint_ne(name_hash(name, length), name_hash(name, length - 1));
	}
}
END_TEST

/* memcheck and AddressSanitizer see a read past the end. */
START_TEST(the_hash_reads_the_name_alone)
{
	for (size_t length = 0; length < 40; length++) {
		char *name = malloc(length ? length : 1);

		ck_assert_ptr_nonnull(name);
		memset(name, 'a', length);
		name_hash(name, length);
		free(name);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_empty_index_finds_nothing,
		a_name_keeps_the_number_that_it_got_first,
		a_hundred_thousand_names_are_told_apart,
		names_with_one_hash_are_told_apart,
		names_that_differ_in_one_byte_have_different_hashes,
		the_hash_reads_the_name_alone,
	};

	return unit_run("name index", tests, COUNT(tests));
}
