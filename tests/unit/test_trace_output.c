/* A trace's output to a pipe: what waits, in order, and what there is no memory for. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/trace/trace_output.h"
#include "unit.h"

#define ROOM  4096 /* of the pipe */
#define FIRST 6000
#define NEXT  5000

static int ends[2];

static struct trace_output make_output(void)
{
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETPIPE_SZ, ROOM), ROOM);
	return (struct trace_output){ .fd = ends[1] };
}

static void close_pipe(void)
{
	close(ends[0]);
	close(ends[1]);
}

/* Bytes that tell their place. */
static char *make_bytes(size_t start, size_t size)
{
	char *bytes = malloc(size);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)((start + i) * 7 / 3);
	return bytes;
}

/* Reads what the pipe has. */
static size_t drain(char *bytes)
{
	const ssize_t count = read(ends[0], bytes, ROOM);

	ck_assert_int_gt(count, 0);
	return (size_t)count;
}

START_TEST(bytes_go_in_order_and_those_that_are_sent_are_dropped)
{
	struct trace_output output = make_output();
	char *expected = make_bytes(0, FIRST + NEXT), found[FIRST + NEXT + ROOM];
	size_t count = 0;

	trace_output_take(&output, make_bytes(0, FIRST), FIRST);
	ck_assert(!trace_output_write(&output, TRACE_OUTPUT_NOW));
	ck_assert_uint_eq(output.sent, ROOM);
	trace_output_take(&output, make_bytes(FIRST, NEXT), NEXT);
	ck_assert_uint_eq(output.sent, 0);
	ck_assert_uint_eq(output.size, FIRST + NEXT - ROOM);
	do
		count += drain(found + count);
	while (!trace_output_write(&output, TRACE_OUTPUT_NOW));
	while (count < FIRST + NEXT)
		count += drain(found + count);
	ck_assert_mem_eq(found, expected, FIRST + NEXT);
	ck_assert_int_eq(output.error, 0);
	free(expected);
	close_pipe();
}
END_TEST

START_TEST(text_that_there_is_no_memory_for_is_an_error)
{
	struct trace_output output = make_output();

	trace_output_take(&output, make_bytes(0, FIRST), FIRST);
	trace_output_take(&output, make_bytes(0, 1), SIZE_MAX);
	ck_assert_int_eq(output.error, ENOMEM);
	trace_output_take(&output, make_bytes(0, NEXT), NEXT);
	ck_assert(trace_output_write(&output, TRACE_OUTPUT_NOW));
	ck_assert_ptr_null(output.bytes);
	close_pipe();
}
END_TEST

START_TEST(a_reader_that_takes_nothing_in_time_is_an_error)
{
	struct trace_output output = make_output();

	trace_output_take(&output, make_bytes(0, FIRST), FIRST);
	ck_assert(trace_output_write(&output, 1));
	ck_assert_int_eq(output.error, ETIMEDOUT);
	close_pipe();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		bytes_go_in_order_and_those_that_are_sent_are_dropped,
		text_that_there_is_no_memory_for_is_an_error,
		a_reader_that_takes_nothing_in_time_is_an_error,
	};

	return unit_run("output of traces", tests, COUNT(tests));
}
