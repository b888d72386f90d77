/* Rules of a policy: their numbers, the values of fail, and files of rules. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/plan.h"
#include "launcher/link/policy.h"
#include "launcher/link/result_value.h"
#include "specimen.h"

#undef fail /* of Check */

#define OTHER "invalid value; expected a number"

static void check_value(char letter, unsigned word, const char *text, uint64_t expected)
{
	uint64_t value[2];
	const char *wrong = result_value_read(letter, false, word, text, value);

	ck_assert_msg(!wrong, "%c %s: %s", letter, text, wrong);
	ck_assert_msg(value[0] == expected, "%c %s: 0x%lx", letter, text, value[0]);
}

static void check_wrong(char letter, bool in_x87, unsigned word, const char *text)
{
	uint64_t value[2];
	const char *wrong = result_value_read(letter, in_x87, word, text, value);

	ck_assert_msg(wrong && !strncmp(wrong, OTHER, 16), "%c '%s': %s", letter, text,
		      wrong ? wrong : "accepted");
}

START_TEST(an_integer_is_decimal_or_hexadecimal)
{
	static const char *const wrong[] = { " 1",  "1 ",   "\t1", "+ 1", "--1", "+-1",
					     "0x",  "0x-1", "x1",  "1x",  "0b1", "1.0",
					     "1e2", "-",    "+",   "-x1", "08x" };

	check_value('i', 8, "010", 10);
	check_value('u', 8, "010", 10);
	check_value('i', 8, "-010", (uint64_t)-10);
	check_value('i', 8, "+5", 5);
	check_value('u', 8, "+0X1f", 31);
	check_value('i', 8, "-0x10", (uint64_t)-16);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		check_wrong('i', false, 8, wrong[i]);
		check_wrong('u', false, 8, wrong[i]);
		check_wrong('p', false, 8, wrong[i]);
	}
	check_wrong('u', false, 8, "-1");
	check_wrong('u', false, 8, "-0");
}
END_TEST

START_TEST(an_integer_is_within_its_type_and_a_pointer_within_the_machines)
{
	check_value('b', 8, "-128", (uint64_t)-128);
	check_wrong('b', false, 8, "-129");
	check_wrong('b', false, 8, "128");
	check_value('m', 4, "18446744073709551615", UINT64_MAX);
	check_wrong('m', false, 8, "18446744073709551616");
	check_value('l', 4, "-9223372036854775808", UINT64_C(1) << 63);
	check_wrong('l', false, 8, "-9223372036854775809");
	check_value('p', 4, "0xffffffff", UINT32_MAX);
	check_wrong('p', false, 4, "0x100000000");
	check_value('p', 8, "0x100000000", UINT64_C(1) << 32);
}
END_TEST

START_TEST(a_floating_point_number_neither_overflows_nor_vanishes)
{
	check_value('f', 8, "1.5", 0x3fc00000);
	check_value('f', 8, "-inf", 0xff800000);
	check_value('f', 8, "1e-40", 71362); /* subnormal */
	check_value('f', 8, "0", 0);
	check_value('d', 8, "1e300", UINT64_C(0x7e37e43c8800759c));
	for (int in_x87 = 0; in_x87 < 2; in_x87++) {
		check_wrong('f', in_x87, 8, "1e300");
		check_wrong('f', in_x87, 8, "-1e39");
		check_wrong('f', in_x87, 8, "1e-60");
		check_wrong('d', in_x87, 8, "1e400");
		check_wrong('d', in_x87, 8, "1e-400");
		check_wrong('D', in_x87, 8, "1e5000");
		check_wrong('D', in_x87, 8, "-1e5000");
		check_wrong('D', in_x87, 8, "1e-5000");
		check_wrong('f', in_x87, 8, " 1");
		check_wrong('d', in_x87, 8, "1 ");
		check_wrong('D', in_x87, 8, "x");
	}
}
END_TEST

/* Returns what is wrong with a rule; "" if nothing is. */
static const char *problem(struct policy *policy, const char *text)
{
	static struct message message;

	message = blank_message();
	return policy_add(policy, text, &message) ? message.text : "";
}

START_TEST(a_chance_is_one_that_calls_have)
{
	static const char *const wrong[] = { "0",   "0.00000001", "-1",	 " 5",	"+5",
					     "101", "nan",	  "inf", "5%5", "" };
	static struct policy policy; /* static: nothing frees one */

	ck_assert_str_eq(problem(&policy, "f=deny%0.0001"), "");
	ck_assert_uint_eq(policy.rules[0].chance, PLAN_CHANCE_ALWAYS / 1000000);
	ck_assert_str_eq(problem(&policy, "f=deny%100"), "");
	ck_assert_uint_eq(policy.rules[1].chance, PLAN_CHANCE_ALWAYS);
	ck_assert_str_eq(problem(&policy, "f=deny%0.0000001"),
			 "--on f=deny%0.0000001: invalid chance; expected at least "
			 "%0.0001");
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char text[64];

		snprintf(text, sizeof(text), "f=deny%%%s", wrong[i]);
		ck_assert_msg(strstr(problem(&policy, text), ": invalid chance; "), "%s",
			      text);
	}
}
END_TEST

START_TEST(a_delay_begins_with_a_digit)
{
	static struct policy policy; /* static: nothing frees one */

	ck_assert_str_eq(problem(&policy, "f=delay:.5ms"), "");
	ck_assert_uint_eq(policy.rules[0].delay_ns, 500000);
	ck_assert_ptr_nonnull(strstr(problem(&policy, "f=delay: 5ms"), "invalid time"));
	ck_assert_ptr_nonnull(strstr(problem(&policy, "f=delay:-0s"), "invalid time"));
	ck_assert_ptr_nonnull(strstr(problem(&policy, "f=delay:infs"), "invalid time"));
	ck_assert_ptr_nonnull(strstr(problem(&policy, "f=delay:1e9s"), "invalid time"));
}
END_TEST

/* Returns what is wrong with a file of these bytes, after its name. */
static const char *file_problem(struct policy *policy, const char *bytes, size_t size)
{
	static struct message message;
	char path[] = "/tmp/jumpslot-policy-XXXXXX";
	int fd = mkstemp(path);
	int error;

	message = blank_message();
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (int)size);
	close(fd);
	error = policy_add_file(policy, path, &message);
	unlink(path);
	return error ? message.text + strlen(path) : "";
}

START_TEST(a_file_with_a_byte_0_is_refused_and_not_cut)
{
	static const char cut[] = "f=deny\0@2\n";
	static struct policy policy; /* static: nothing frees one */

	ck_assert_str_eq(file_problem(&policy, cut, sizeof(cut) - 1),
			 ": has a byte 0 (expected lines of text)");
	ck_assert_uint_eq(policy.count, 0);
}
END_TEST

START_TEST(a_file_is_read_to_its_last_line_and_to_its_limit)
{
	static char bytes[(1 << 20) + 1];
	static const char rules[] = "\n# x\n a=deny \r\nb  = log";
	static struct policy policy; /* static: nothing frees one */

	ck_assert_str_eq(file_problem(&policy, "", 0), "");
	ck_assert_str_eq(file_problem(&policy, rules, sizeof(rules) - 1), "");
	ck_assert_uint_eq(policy.count, 2);
	ck_assert_str_eq(policy.rules[0].text, "a=deny");
	ck_assert_uint_eq(policy.rules[1].line, 4);
	ck_assert_str_eq(policy.rules[1].pattern, "b");
	ck_assert_str_eq(problem(&policy, " c = deny"), "");
	ck_assert_str_eq(policy.rules[2].pattern, "c");
	ck_assert_str_eq(problem(&policy, " =deny"),
			 "--on =deny: invalid rule; expected PATTERN=ACTION");
	memset(bytes, '\n', sizeof(bytes));
	ck_assert_str_eq(file_problem(&policy, bytes, sizeof(bytes) - 1), "");
	ck_assert_str_eq(file_problem(&policy, bytes, sizeof(bytes)),
			 ": larger than 1048576 bytes");
	memset(bytes, '#', 5000);
	bytes[4095 + 1] = '\n';
	ck_assert_str_eq(file_problem(&policy, bytes, 5000),
			 ":1: longer than 4095 bytes");
	bytes[4095] = '\n';
	ck_assert_str_eq(file_problem(&policy, bytes, 5000), "");
}
END_TEST

START_TEST(a_device_without_an_end_is_refused)
{
	struct message message = blank_message();
	static struct policy policy; /* static: nothing frees one */

	ck_assert_int_lt(policy_add_file(&policy, "/dev/zero", &message), 0);
	ck_assert_str_eq(message.text,
			 "/dev/zero: has a byte 0 (expected lines of text)");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_integer_is_decimal_or_hexadecimal,
		an_integer_is_within_its_type_and_a_pointer_within_the_machines,
		a_floating_point_number_neither_overflows_nor_vanishes,
		a_chance_is_one_that_calls_have,
		a_delay_begins_with_a_digit,
		a_file_with_a_byte_0_is_refused_and_not_cut,
		a_file_is_read_to_its_last_line_and_to_its_limit,
		a_device_without_an_end_is_refused,
	};

	return unit_run("policies", tests, COUNT(tests));
}
