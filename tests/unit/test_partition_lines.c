/* Lines of partitions that there is no memory for: the file of a trace must know. */
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "launcher/run/partition_lines.h"
#include "unit.h"

static int ends[2];

static void open_lines(struct partition_lines *lines)
{
	ck_assert_int_eq(pipe(ends), 0);
	partition_lines_open(lines, ends[1]);
}

static void close_lines(struct partition_lines *lines)
{
	partition_lines_close(lines);
	close(ends[0]);
	close(ends[1]);
}

START_TEST(a_queue_that_cannot_grow_is_an_error)
{
	struct partition_lines lines;

	open_lines(&lines);
	partition_lines_add(&lines, "line\n", 5);
	ck_assert_int_eq(lines.error, 0);
	partition_lines_add(&lines, "line\n", SIZE_MAX);
	ck_assert_int_eq(lines.error, ENOMEM);
	close_lines(&lines);
}
END_TEST

START_TEST(a_byte_of_a_line_that_cannot_grow_is_an_error)
{
	struct partition_source source = { .max = 200,
					   .count = SIZE_MAX - 1,
					   .room = SIZE_MAX };
	struct partition_lines lines;

	open_lines(&lines);
	partition_lines_put(&lines, &source, "a", 1);
	ck_assert_int_eq(lines.error, ENOMEM);
	close_lines(&lines);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_queue_that_cannot_grow_is_an_error,
		a_byte_of_a_line_that_cannot_grow_is_an_error,
	};

	return unit_run("lines of partitions", tests, COUNT(tests));
}
