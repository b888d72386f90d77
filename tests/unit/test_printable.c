/* Text from outside: what is printed as it is, what is escaped, and long messages. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/printable.h"
#include "unit.h"

#undef fail /* of Check */

START_TEST(printable_text_is_utf8_without_controls)
{
	static const char *const valid[] = { "a b",
					     "é/ü",
					     "\xc2\xa0",
					     "\xe2\x82\xac",
					     "\xf0\x9f\x98\x80",
					     "\xf4\x8f\xbf\xbf" };
	static const char *const wrong[] = {
		"",
		"a\n",
		"\x1b[2J",
		"\x7f",
		"\x80",
		"\x9b[2J",
		"\xc2\x9b[2J",
		"\xc3",
		"\xc0\xaf",
		"\xe2\x82",
		"\xe0\x80\x80",
		"\xed\xa0\x80",
		"\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80",
		"\xff",
		"a\xe2\x80\xae",
		"\xe2\x81\xa6",
		"\xd8\x9c",
		"\xe2\x80\xa8",
	};

	for (size_t i = 0; i < COUNT(valid); i++)
		ck_assert_msg(text_printable(valid[i]), "%zu", i);
	for (size_t i = 0; i < COUNT(wrong); i++)
		ck_assert_msg(!text_printable(wrong[i]), "%zu", i);
}
END_TEST

static char *escaped(const char *text)
{
	size_t size;
	char *bytes;
	FILE *out = open_memstream(&bytes, &size);

	print_escaped(text, out);
	fclose(out);
	ck_assert_uint_eq(size, escaped_length(text));
	return bytes;
}

START_TEST(controls_and_bytes_that_are_not_utf8_are_escaped)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "caf\xc3\xa9 \\ \"", "caf\xc3\xa9 \\ \"" },
		{ "a\nhost-wrapper: b", "a\\x0ahost-wrapper: b" },
		{ "\x1b[2J\x7f\r\t", "\\x1b[2J\\x7f\\x0d\\x09" },
		{ "\xc2\x9b", "\\xc2\\x9b" },
		{ "x\xe2\x80\xae"
		  "fles",
		  "x\\xe2\\x80\\xae"
		  "fles" },
		{ "\xff\xe2\x82z", "\\xff\\xe2\\x82z" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *found = escaped(cases[i][0]);

		ck_assert_str_eq(found, cases[i][1]);
		free(found);
	}
}
END_TEST

START_TEST(a_long_message_keeps_its_beginning_and_its_reason)
{
	static char value[70000];
	struct message message;

	for (size_t length = 1200; length < sizeof(value) - 1; length += length / 64) {
		/* Characters of three bytes, to be cut between, not within. */
		for (size_t i = 0; i < length; i++)
			value[i] = "\xe2\x82\xac"[i % 3];
		value[length / 3 * 3] = 0;
		ck_assert_int_eq(fail(&message, EINVAL, "--stack %s: invalid", value),
				 -EINVAL);
		ck_assert_int_eq(strncmp(message.text, "--stack ", 8), 0);
		ck_assert_int_eq(strcmp(strrchr(message.text, ':'), ": invalid"), 0);
		ck_assert_uint_gt(strlen(message.text), 900);
		ck_assert(text_printable(message.text));
	}
}
END_TEST

/* Each byte could be the inside of a character. */
START_TEST(a_long_message_with_bytes_that_are_not_utf8_keeps_its_reason)
{
	static char value[3000];
	struct message message;

	for (size_t length = 600; length < sizeof(value); length += 100) {
		memset(value, 0x80, length);
		value[length] = 0;
		fail(&message, EINVAL, "--stack %s: invalid", value);
		ck_assert_int_eq(strncmp(message.text, "--stack ", 8), 0);
		ck_assert_ptr_nonnull(strrchr(message.text, ':'));
		ck_assert_str_eq(strrchr(message.text, ':'), ": invalid");
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		printable_text_is_utf8_without_controls,
		controls_and_bytes_that_are_not_utf8_are_escaped,
		a_long_message_keeps_its_beginning_and_its_reason,
		a_long_message_with_bytes_that_are_not_utf8_keeps_its_reason,
	};

	return unit_run("printable", tests, COUNT(tests));
}
