/* Tables of records: zeroed, and whole huge pages if they are large. */
#include <stdint.h>
#include <string.h>

#include "common/table.h"
#include "unit.h"

static void check_zeroed(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		ck_assert_uint_eq(bytes[i], 0);
}

START_TEST(a_table_is_zeroed_and_can_be_written_whole)
{
	static const size_t counts[] = { 0, 1, 1000, 70000, 300000 };

	for (size_t i = 0; i < COUNT(counts); i++) {
		uint64_t *table = table_new(counts[i], sizeof(*table));

		ck_assert_ptr_nonnull(table);
		check_zeroed((uint8_t *)table, counts[i] * sizeof(*table));
		memset(table, 1, counts[i] * sizeof(*table));
		table_free(table, counts[i], sizeof(*table));
	}
}
END_TEST

START_TEST(a_large_table_begins_at_a_huge_page)
{
	void *table = table_new(TABLE_ALIGNMENT, 1);

	ck_assert_uint_eq((uintptr_t)table % TABLE_ALIGNMENT, 0);
	table_free(table, TABLE_ALIGNMENT, 1);
}
END_TEST

START_TEST(a_table_beyond_all_memory_is_refused)
{
	ck_assert_ptr_null(table_new(SIZE_MAX / 4, 8));
	ck_assert_ptr_null(table_new(SIZE_MAX, 1));
	ck_assert_ptr_null(table_new(SIZE_MAX / 2, 1));
	table_free(NULL, SIZE_MAX, 8);
	table_free(NULL, TABLE_ALIGNMENT, 8);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_table_is_zeroed_and_can_be_written_whole,
		a_large_table_begins_at_a_huge_page,
		a_table_beyond_all_memory_is_refused,
	};

	return unit_run("tables", tests, COUNT(tests));
}
