/*
 * A channel in memory: what each kind keeps and refuses, two processes that use it at the
 * same time, and another side that writes anything to the memory.
 */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/channel.h"
#include "unit.h"

#define PAGE 4096u

/* The two sides of one channel. */
struct pair {
	struct channel_shape shape;
	void *memory;
	struct channel source, destination;
};

/* Memory that ends at a page that cannot be accessed, shared with a forked process. */
static void *guarded(size_t size)
{
	const size_t pages = (size + PAGE - 1) / PAGE * PAGE;
	char *start = mmap(NULL, pages + PAGE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(start, MAP_FAILED);
	ck_assert_int_eq(mprotect(start + pages, PAGE, PROT_NONE), 0);
	return start + pages - size;
}

static struct pair pair(enum channel_kind kind, uint32_t size, uint32_t depth)
{
	struct pair its = { .shape = { .kind = kind, .size = size, .depth = depth } };

	ck_assert(channel_shape_is_valid(&its.shape));
	its.memory = guarded(channel_memory_size(&its.shape));
	channel_attach(&its.source, &its.shape, its.memory, CHANNEL_SOURCE);
	channel_attach(&its.destination, &its.shape, its.memory, CHANNEL_DESTINATION);
	return its;
}

static int put(struct channel *channel, const void *bytes, size_t size, uint64_t now_ns)
{
	struct channel_copy copy;
	int error = channel_put_begin(channel, size, &copy);

	if (error)
		return error;
	memcpy(copy.bytes, bytes, size);
	channel_put_end(channel, &copy, now_ns);
	return 0;
}

/* Returns the size of the message. */
static int get(struct channel *channel, void *bytes, size_t room)
{
	struct channel_copy copy;
	int error;

	do {
		error = channel_get_begin(channel, room, &copy);
		if (error)
			return error;
		memcpy(bytes, copy.bytes, copy.size);
	} while (!channel_get_end(channel, &copy));
	return (int)copy.size;
}

static void expect(struct channel *channel, const char *text)
{
	char bytes[64] = { 0 };

	ck_assert_int_eq(get(channel, bytes, sizeof(bytes)), (int)strlen(text) + 1);
	ck_assert_str_eq(bytes, text);
}

START_TEST(a_shape_outside_the_limits_is_not_valid)
{
	const struct channel_shape good[] = {
		{ CHANNEL_SAMPLING, 1, 1, 0, 0 },
		{ CHANNEL_SAMPLING, CHANNEL_MAX_MESSAGE, 1, 0, UINT64_MAX },
		{ CHANNEL_QUEUING, CHANNEL_MAX_MESSAGE, CHANNEL_MAX_DEPTH, 0, 0 },
	};
	const struct channel_shape bad[] = {
		{ CHANNEL_KINDS, 1, 1, 0, 0 },
		{ CHANNEL_SAMPLING, 0, 1, 0, 0 },
		{ CHANNEL_SAMPLING, CHANNEL_MAX_MESSAGE + 1, 1, 0, 0 },
		{ CHANNEL_SAMPLING, 1, 2, 0, 0 },
		{ CHANNEL_QUEUING, 1, 0, 0, 0 },
		{ CHANNEL_QUEUING, 1, CHANNEL_MAX_DEPTH + 1, 0, 0 },
		{ CHANNEL_QUEUING, 1, 1, 0, 1 },
	};

	for (size_t i = 0; i < COUNT(good); i++)
		ck_assert(channel_shape_is_valid(&good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		ck_assert(!channel_shape_is_valid(&bad[i]));
}
END_TEST

START_TEST(a_sampling_channel_keeps_the_latest_message)
{
	struct pair its = pair(CHANNEL_SAMPLING, 9, 1);
	char bytes[9];
	uint64_t written;

	ck_assert_int_eq(get(&its.destination, bytes, sizeof(bytes)), -EAGAIN);
	ck_assert(!channel_written(&its.destination, &written));
	ck_assert_int_eq(put(&its.source, "first", 6, 10), 0);
	ck_assert_int_eq(put(&its.source, "second", 7, 20), 0);
	expect(&its.destination, "second");
	expect(&its.destination, "second");
	ck_assert(channel_written(&its.destination, &written));
	ck_assert_uint_eq(written, 20);
	ck_assert_uint_eq(channel_age(written, 25), 5);
	ck_assert_uint_eq(channel_age(written, 19), 0);
	ck_assert_uint_eq(channel_count(&its.destination), 1);
}
END_TEST

static void check_sizes(enum channel_kind kind)
{
	struct pair its = pair(kind, 5, 1);
	char bytes[5];

	ck_assert_int_eq(put(&its.source, "", 0, 0), -EMSGSIZE);
	ck_assert_int_eq(put(&its.source, "123456", 6, 0), -EMSGSIZE);
	ck_assert_int_eq(put(&its.source, "1234", 5, 0), 0);
	ck_assert_int_eq(get(&its.destination, bytes, 4), -EMSGSIZE);
	ck_assert_int_eq(get(&its.destination, bytes, 5), 5);
}

START_TEST(a_message_is_neither_empty_nor_too_long)
{
	check_sizes(CHANNEL_SAMPLING);
	check_sizes(CHANNEL_QUEUING);
}
END_TEST

/* Round the positions several times. */
static void check_queue(uint32_t depth)
{
	struct pair its = pair(CHANNEL_QUEUING, sizeof(uint32_t), depth);
	uint32_t sent = 0, taken = 0, value;

	for (unsigned round = 0; round < 5; round++) {
		while (sent - taken < depth) {
			ck_assert_uint_eq(channel_count(&its.source), sent - taken);
			ck_assert_int_eq(put(&its.source, &sent, sizeof(sent), 0), 0);
			sent++;
		}
		ck_assert_int_eq(put(&its.source, &sent, sizeof(sent), 0), -EAGAIN);
		ck_assert_uint_eq(channel_count(&its.destination), depth);
		for (uint32_t i = 0; i < (round % 2 ? depth : (depth + 1) / 2); i++) {
			ck_assert_int_eq(get(&its.destination, &value, sizeof(value)), 4);
			ck_assert_uint_eq(value, taken);
			taken++;
		}
	}
	while (taken < sent) {
		ck_assert_int_eq(get(&its.destination, &value, sizeof(value)), 4);
		ck_assert_uint_eq(value, taken++);
	}
	ck_assert_int_eq(get(&its.destination, &value, sizeof(value)), -EAGAIN);
}

START_TEST(a_queue_keeps_as_many_messages_as_it_is_deep_in_order)
{
	const uint32_t depths[] = { 1, 2, 3, 7, CHANNEL_MAX_DEPTH };

	for (size_t i = 0; i < COUNT(depths); i++)
		check_queue(depths[i]);
}
END_TEST

START_TEST(a_side_that_starts_again_goes_on_where_it_was)
{
	struct pair its = pair(CHANNEL_QUEUING, 8, 3);

	ck_assert_int_eq(put(&its.source, "a", 2, 0), 0);
	ck_assert_int_eq(put(&its.source, "b", 2, 0), 0);
	expect(&its.destination, "a");
	channel_attach(&its.source, &its.shape, its.memory, CHANNEL_SOURCE);
	channel_attach(&its.destination, &its.shape, its.memory, CHANNEL_DESTINATION);
	ck_assert_int_eq(put(&its.source, "c", 2, 0), 0);
	expect(&its.destination, "b");
	expect(&its.destination, "c");
}
END_TEST

START_TEST(the_count_of_samples_leaves_out_0_when_it_wraps)
{
	struct pair its = pair(CHANNEL_SAMPLING, 8, 1);

	its.source.own = UINT32_MAX - 1;
	for (int name = 'a'; name < 'h'; name++) {
		const char text[] = { (char)name, 0 };

		ck_assert_int_eq(put(&its.source, text, 2, 0), 0);
		expect(&its.destination, text);
	}
}
END_TEST

/* A reader notices it before the writer can reach the message that it copies. */
START_TEST(a_reader_that_was_overtaken_reads_again)
{
	struct pair its = pair(CHANNEL_SAMPLING, 8, 1);
	struct channel_copy copy;

	put(&its.source, "a", 2, 0);
	for (uint32_t passed = 0; passed < CHANNEL_SAMPLES; passed++) {
		ck_assert_int_eq(channel_get_begin(&its.destination, 8, &copy), 0);
		for (uint32_t i = 0; i < passed; i++)
			put(&its.source, "b", 2, 0);
		ck_assert_int_eq(channel_get_end(&its.destination, &copy),
				 passed < CHANNEL_SAMPLES - 1);
	}
}
END_TEST

/* A message of which each word is the same. */
struct pattern {
	uint32_t words[64];
};

static void fill(struct pattern *pattern, uint32_t value)
{
	for (size_t i = 0; i < COUNT(pattern->words); i++)
		pattern->words[i] = value;
}

static void check_whole(const struct pattern *pattern)
{
	for (size_t i = 1; i < COUNT(pattern->words); i++)
		ck_assert_uint_eq(pattern->words[i], pattern->words[0]);
}

/* A process that does not outlive a test that fails. */
static pid_t fork_child(void)
{
	pid_t child = fork();

	if (!child)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return child;
}

/* The other process: sends patterns 1 to `count`, and ends. */
static pid_t start_writer(struct pair *its, uint32_t count)
{
	pid_t writer = fork_child();
	struct pattern pattern = { .words = { 0 } };

	ck_assert_int_ge(writer, 0);
	if (writer)
		return writer;
	for (uint32_t value = 1; value <= count; value++) {
		fill(&pattern, value);
		while (put(&its->source, &pattern, sizeof(pattern), 0))
			sched_yield();
	}
	_exit(0);
}

static void expect_end(pid_t process)
{
	int status;

	ck_assert_int_eq(waitpid(process, &status, 0), process);
	ck_assert_int_eq(status, 0);
}

static void check_transfer(uint32_t depth, uint32_t count)
{
	struct pair its = pair(CHANNEL_QUEUING, sizeof(struct pattern), depth);
	const pid_t writer = start_writer(&its, count);
	struct pattern pattern = { .words = { 0 } };

	for (uint32_t value = 1; value <= count; value++) {
		while (get(&its.destination, &pattern, sizeof(pattern)) < 0)
			sched_yield();
		check_whole(&pattern);
		ck_assert_uint_eq(pattern.words[0], value);
	}
	expect_end(writer);
}

/* On one processor, each side waits whenever the queue is full or empty, and for as long
 * as the kernel lets other processes run: so most messages go through a long queue. */
START_TEST(two_processes_lose_and_change_no_message_of_a_queue)
{
	check_transfer(3, (uint32_t)unit_rounds(20000));
	check_transfer(64, (uint32_t)unit_rounds(100000));
}
END_TEST

START_TEST(a_reader_sees_whole_samples_in_order_while_they_are_written)
{
	const uint32_t count = (uint32_t)unit_rounds(300000);
	struct pair its = pair(CHANNEL_SAMPLING, sizeof(struct pattern), 1);
	const pid_t writer = start_writer(&its, count);
	struct pattern pattern = { .words = { 0 } };
	uint32_t before = 0;

	while (before < count) {
		if (get(&its.destination, &pattern, sizeof(pattern)) < 0)
			continue;
		check_whole(&pattern);
		ck_assert_uint_ge(pattern.words[0], before);
		before = pattern.words[0];
	}
	expect_end(writer);
}
END_TEST

/* Writes random words all over the channel's memory. */
static pid_t start_vandal(struct pair *its)
{
	pid_t vandal = fork_child();
	const size_t words = channel_memory_size(&its->shape) / sizeof(uint32_t);
	volatile uint32_t *memory = its->memory;
	uint32_t seed = 1;

	ck_assert_int_ge(vandal, 0);
	if (vandal)
		return vandal;
	for (;;) {
		seed = seed * 1664525u + 1013904223u;
		memory[seed % words] = seed >> (seed >> 27);
	}
}

static void survive(enum channel_kind kind)
{
	struct pair its = pair(kind, 333, kind == CHANNEL_SAMPLING ? 1 : 5);
	const pid_t vandal = start_vandal(&its);
	const unsigned long rounds = unit_rounds(200000);
	struct channel_copy copy;
	char bytes[333] = { 0 };

	for (unsigned long i = 0; i < rounds; i++) {
		put(&its.source, bytes, i % sizeof(bytes) + 1, i);
		if (!channel_get_begin(&its.destination, sizeof(bytes), &copy)) {
			ck_assert_uint_le(copy.size, sizeof(bytes));
			memcpy(bytes, copy.bytes, copy.size);
			channel_get_end(&its.destination, &copy);
		}
		ck_assert_uint_le(channel_count(&its.destination), 5);
		if (i % 1000 == 0)
			channel_attach(&its.source, &its.shape, its.memory,
				       CHANNEL_SOURCE);
	}
	kill(vandal, SIGKILL);
	waitpid(vandal, NULL, 0);
}

/* The memory ends at a guard page, and every call returns. */
START_TEST(a_side_that_writes_anything_to_the_memory_stops_nothing)
{
	survive(CHANNEL_SAMPLING);
	survive(CHANNEL_QUEUING);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_shape_outside_the_limits_is_not_valid,
		a_sampling_channel_keeps_the_latest_message,
		a_message_is_neither_empty_nor_too_long,
		a_queue_keeps_as_many_messages_as_it_is_deep_in_order,
		a_side_that_starts_again_goes_on_where_it_was,
		the_count_of_samples_leaves_out_0_when_it_wraps,
		a_reader_that_was_overtaken_reads_again,
		two_processes_lose_and_change_no_message_of_a_queue,
		a_reader_sees_whole_samples_in_order_while_they_are_written,
		a_side_that_writes_anything_to_the_memory_stops_nothing,
	};

	return unit_run("channel", tests, COUNT(tests));
}
