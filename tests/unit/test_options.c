/* The command line: each option, and what is wrong with one. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "launcher/options/options.h"
#include "unit.h"

#define MAX_WORDS 160

/* Words of a command line that may be cut into pieces. */
struct command_line {
	char text[4096];
	char *argv[MAX_WORDS + 1];
	int argc;
	struct options options;
	struct message message;
};

/* Reads "host-wrapper" and the words of `text`, which single spaces part. */
static int read_line(struct command_line *line, const char *text)
{
	memset(line, 0, sizeof(*line));
	ck_assert_uint_lt(strlen(text), sizeof(line->text));
	memcpy(line->text, text, strlen(text));
	line->argv[line->argc++] = (char *)"host-wrapper";
	for (char *at = line->text; at && *text;) {
		char *space = strchr(at, ' ');

		ck_assert_int_lt(line->argc, MAX_WORDS);
		line->argv[line->argc++] = at;
		if (space)
			*space++ = 0;
		at = space;
	}
	return options_read(&line->options, line->argc, line->argv, &line->message);
}

static void check_right(struct command_line *line, const char *text)
{
	ck_assert_msg(!read_line(line, text), "%s: %s", text, line->message.text);
}

static void check_wrong(const char *text, const char *message)
{
	struct command_line line;

	ck_assert_msg(read_line(&line, text) == -EINVAL, "accepted: %s", text);
	ck_assert_str_eq(line.message.text, message);
}

START_TEST(without_options_the_usual_values_hold)
{
	struct command_line line;

	check_right(&line, "guest");
	ck_assert_uint_eq(line.options.provider_count, 0);
	ck_assert_uint_eq(line.options.line_count, 0);
	ck_assert_uint_eq(line.options.stack_size, 1 << 20);
	ck_assert_uint_eq(line.options.host_stack_size, 8 << 20);
	ck_assert_uint_eq(line.options.work_area_size, 64 << 20);
	ck_assert_uint_eq(line.options.timeout_ns, 0);
	ck_assert(!line.options.bind_now && !line.options.list && !line.options.json &&
		  !line.options.report && !line.options.allow_missing &&
		  !line.options.in_place && !line.options.perf_map &&
		  !line.options.help && !line.options.version);
}
END_TEST

START_TEST(each_flag_sets_its_option)
{
	static const struct {
		const char *name;
		size_t flag;
	} flags[] = {
		{ "--allow-missing", offsetof(struct options, allow_missing) },
		{ "--list", offsetof(struct options, list) },
		{ "--json", offsetof(struct options, json) },
		{ "--report", offsetof(struct options, report) },
		{ "--in-place", offsetof(struct options, in_place) },
		{ "--perf-map", offsetof(struct options, perf_map) },
		{ "--help", offsetof(struct options, help) },
		{ "--version", offsetof(struct options, version) },
	};

	for (size_t i = 0; i < COUNT(flags); i++) {
		struct command_line line;
		char text[64] = "";

		strcat(strcat(text, flags[i].name), " guest");
		check_right(&line, text);
		ck_assert(*(bool *)((char *)&line.options + flags[i].flag));
	}
}
END_TEST

START_TEST(a_value_follows_an_equals_sign_or_is_the_next_word)
{
	static const char *const lines[] = {
		"--bind now --stack 8K --host-stack 3M --work-area 1G --timeout 1.5 "
		"--provider a.so guest",
		"--bind=now --stack=8K --host-stack=3M --work-area=1G --timeout=1.5 "
		"--provider=a.so guest",
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct command_line line;

		check_right(&line, lines[i]);
		ck_assert(line.options.bind_now);
		ck_assert_uint_eq(line.options.stack_size, 8192);
		ck_assert_uint_eq(line.options.host_stack_size, 3 << 20);
		ck_assert_uint_eq(line.options.work_area_size, 1 << 30);
		ck_assert_uint_ge(line.options.timeout_ns, 1500000000);
		ck_assert_uint_lt(line.options.timeout_ns, 1500000010);
		ck_assert_str_eq(line.options.providers[0].path, "a.so");
		ck_assert_str_eq(line.options.arguments[0], "guest");
		ck_assert_uint_eq(line.options.argument_count, 1);
	}
}
END_TEST

START_TEST(the_last_of_two_values_counts)
{
	struct command_line line;

	check_right(&line, "--bind now --bind lazy --stack 1M --stack 2M guest");
	ck_assert(!line.options.bind_now);
	ck_assert_uint_eq(line.options.stack_size, 2 << 20);
}
END_TEST

START_TEST(words_after_the_guest_are_its_arguments)
{
	struct command_line line;

	check_right(&line, "--list guest --list --no-such -- x");
	ck_assert_uint_eq(line.options.argument_count, 5);
	ck_assert_str_eq(line.options.arguments[2], "--no-such");
	ck_assert_str_eq(line.options.arguments[3], "--");
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	struct command_line line;

	check_right(&line, "--list -- --help x");
	ck_assert(!line.options.help);
	ck_assert_str_eq(line.options.arguments[0], "--help");
	ck_assert_uint_eq(line.options.argument_count, 2);
}
END_TEST

START_TEST(providers_keep_their_order_and_options)
{
	struct command_line line;

	check_right(&line,
		    "--provider a.so,x=1,y --provider=b=c.so, --provider c.so guest");
	ck_assert_uint_eq(line.options.provider_count, 3);
	ck_assert_str_eq(line.options.providers[0].path, "a.so");
	ck_assert_str_eq(line.options.providers[0].options, "x=1,y");
	ck_assert_str_eq(line.options.providers[1].path, "b=c.so");
	ck_assert_str_eq(line.options.providers[1].options, "");
	ck_assert_str_eq(line.options.providers[2].options, "");
}
END_TEST

START_TEST(a_backslash_before_a_comma_keeps_it_in_the_path)
{
	struct command_line line;

	check_right(&line, "--provider a\\,b\\c\\,,x\\,y --provider \\ guest");
	ck_assert_str_eq(line.options.providers[0].path, "a,b\\c,");
	ck_assert_str_eq(line.options.providers[0].options, "x\\,y");
	ck_assert_str_eq(line.options.providers[1].path, "\\");
	check_wrong("--provider  guest", "--provider: missing file name");
	check_wrong("--provider=,x guest", "--provider: missing file name");
}
END_TEST

START_TEST(there_are_at_most_64_providers)
{
	struct command_line line;
	char text[4096] = "";

	for (int i = 0; i < OPTIONS_MAX_PROVIDERS; i++)
		strcat(text, "--provider=p ");
	strcat(text, "guest");
	check_right(&line, text);
	ck_assert_uint_eq(line.options.provider_count, OPTIONS_MAX_PROVIDERS);
	memcpy(strstr(text, "guest"), "--provider q guest", 19);
	check_wrong(text, "--provider q: at most 64 providers");
}
END_TEST

START_TEST(lines_have_a_descriptor_or_a_path)
{
	struct command_line line;

	char path[108] = "";
	char text[256];

	memset(path, 'p', 107);
	sprintf(text,
		"--line 2=fd:3 --line=15=fd:2147483647 --line 7=unix:a=b,c "
		"--line 8=unix:%s guest",
		path);
	check_right(&line, text);
	ck_assert_uint_eq(line.options.line_count, 4);
	ck_assert_str_eq(line.options.lines[3].path, path);
	ck_assert_uint_eq(line.options.lines[0].vector, 2);
	ck_assert_int_eq(line.options.lines[0].descriptor, 3);
	ck_assert_ptr_null(line.options.lines[0].path);
	ck_assert_uint_eq(line.options.lines[1].vector, 15);
	ck_assert_int_eq(line.options.lines[1].descriptor, INT_MAX);
	ck_assert_uint_eq(line.options.lines[2].vector, 7);
	ck_assert_str_eq(line.options.lines[2].path, "a=b,c");
}
END_TEST

START_TEST(there_are_fourteen_lines)
{
	struct command_line line;
	char text[512] = "";

	for (int i = PLAN_FIRST_LINE; i <= PLAN_LAST_LINE; i++)
		sprintf(text + strlen(text), "--line %d=fd:%d ", i, i + 1);
	check_right(&line, strcat(text, "guest"));
	ck_assert_uint_eq(line.options.line_count, 14);
}
END_TEST

START_TEST(invalid_lines_are_refused)
{
	static const char no_line[] = "invalid line; expected 2..15, = and a source";
	static const char no_source[] =
		"invalid source; expected fd:DESCRIPTOR or unix:PATH";
	static const char no_descriptor[] = "invalid descriptor; expected 3 or above";
	static const char no_path[] = "invalid path of a socket; expected 1..107 bytes";
	static const char twice[] = "line given twice";
	char path[128] = "2=unix:";
	const struct {
		const char *value, *reason;
	} wrong[] = {
		{ "", no_line },
		{ "2", no_line },
		{ "x=fd:3", no_line },
		{ "-2=fd:3", no_line },
		{ "+2=fd:3", no_line },
		{ "2x=fd:3", no_line },
		{ "0=fd:3", no_line },
		{ "16=fd:3", no_line },
		{ "4294967298=fd:3", no_line },
		{ "18446744073709551618=fd:3", no_line },
		{ "1=fd:3", "line 1 is the console; expected 2..15" },
		{ "2=", no_source },
		{ "2=fd", no_source },
		{ "2=3", no_source },
		{ "2=pipe:3", no_source },
		{ "2=fd:", no_descriptor },
		{ "2=fd:x", no_descriptor },
		{ "2=fd:-3", no_descriptor },
		{ "2=fd:3x", no_descriptor },
		{ "2=fd:2", no_descriptor },
		{ "2=fd:2147483648", no_descriptor },
		{ "2=fd:99999999999999999999", no_descriptor },
		{ "2=unix:", no_path },
		{ path, no_path },
		{ "3=fd:4", twice },
		{ "3=unix:x", twice },
	};

	memset(path + strlen(path), 'p', 108);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char text[256], message[256];

		sprintf(text, "--line 3=fd:3 --line %s guest", wrong[i].value);
		sprintf(message, "--line %s: %s", wrong[i].value, wrong[i].reason);
		check_wrong(text, message);
	}
}
END_TEST

START_TEST(sizes_are_whole_pages_up_to_a_terabyte)
{
	static const struct {
		const char *text;
		uint64_t size;
	} sizes[] = {
		{ "1", 4096 },
		{ "4096", 4096 },
		{ "4097", 8192 },
		{ "1K", 4096 },
		{ "3M", 3 << 20 },
		{ "1024G", UINT64_C(1) << 40 },
		{ "1048576M", UINT64_C(1) << 40 },
		{ "1099511627776", UINT64_C(1) << 40 },
	};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct command_line line;
		char text[64] = "--stack ";

		strcat(strcat(text, sizes[i].text), " guest");
		check_right(&line, text);
		ck_assert_uint_eq(line.options.stack_size, sizes[i].size);
	}
}
END_TEST

START_TEST(invalid_sizes_are_refused)
{
	static const char *const sizes[] = {
		"0",
		"0K",
		"-1",
		"+1",
		"x",
		"1x",
		"1k",
		"1KB",
		"K",
		"1.5M",
		"0x10",
		"1M2",
		"1025G",
		"1048577M",
		"1099511627777",
		"18446744073709551615",
		"18446744073709551616",
		"99999999999999999999999",
		"18014398509481985K",
		"17179869185G",
	};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		char text[128] = "--work-area ", message[128] = "--work-area ";

		check_wrong(strcat(strcat(text, sizes[i]), " guest"),
			    strcat(strcat(message, sizes[i]),
				   ": invalid size; expected 1..1024G, optional suffix "
				   "K, M or G"));
	}
	check_wrong(
		"--stack= guest",
		"--stack : invalid size; expected 1..1024G, optional suffix K, M or G");
}
END_TEST

START_TEST(a_timeout_is_a_positive_number_of_seconds)
{
	static const char *const seconds[] = {
		"0", "-1", "nan", "inf", "1e10", "1s", "x"
	};
	struct command_line line;

	check_right(&line, "--timeout 1e9 guest");
	check_right(&line, "--timeout 1e-12 guest");
	ck_assert_uint_gt(line.options.timeout_ns, 0);
	for (size_t i = 0; i < COUNT(seconds); i++) {
		char text[64] = "--timeout ";

		strcat(strcat(text, seconds[i]), " guest");
		ck_assert_int_eq(read_line(&line, text), -EINVAL);
		strcpy(strstr(text, " guest"), ": invalid number of seconds");
		ck_assert_msg(!strncmp(line.message.text, text, strlen(text)), "%s",
			      line.message.text);
	}
}
END_TEST

START_TEST(errors_name_the_option)
{
	check_wrong("", "no guest given; see --help");
	check_wrong("--list", "no guest given; see --help");
	check_wrong("--", "no guest given; see --help");
	check_wrong("-", "-: unknown option; see --help");
	check_wrong("-x guest", "-x: unknown option; see --help");
	check_wrong("--lis guest", "--lis: unknown option; see --help");
	check_wrong("--listing guest", "--listing: unknown option; see --help");
	check_wrong("--=x guest", "--=x: unknown option; see --help");
	check_wrong("--list=yes guest", "--list takes no value");
	check_wrong("--stack", "--stack: missing value");
	check_wrong("--bind", "--bind: missing value");
	check_wrong("--line", "--line: missing value");
	check_wrong("--bind soon guest",
		    "--bind soon: invalid mode; expected lazy or now");
	check_wrong("--clock", "--clock: missing value");
	check_wrong("--in-place --sandbox=strict guest",
		    "--sandbox=strict cannot be combined with --in-place");
	check_wrong("--print-sandbox --list guest",
		    "--list cannot be combined with --print-sandbox");
	check_wrong("--json --print-sandbox guest",
		    "--json cannot be combined with --print-sandbox");
	check_wrong("--bind= guest", "--bind : invalid mode; expected lazy or now");
}
END_TEST

START_TEST(help_and_version_need_no_guest)
{
	struct command_line line;

	check_right(&line, "--help");
	check_right(&line, "--version");
}
END_TEST

START_TEST(the_help_text_names_every_option)
{
	static const char *const names[] = {
		"--provider ",	 "--bind ",	     "--stack ", "--work-area ",
		"--timeout ",	 "--allow-missing ", "--list ",	 "--json ",
		"--report ",	 "--in-place ",	     "--help ",	 "--version ",
		"--host-stack ", "--perf-map ",	     "--line ",	 "--host ",
		"--image ",
	};

	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert_msg(strstr(options_help, names[i]) != NULL, "%s", names[i]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		without_options_the_usual_values_hold,
		each_flag_sets_its_option,
		a_value_follows_an_equals_sign_or_is_the_next_word,
		the_last_of_two_values_counts,
		words_after_the_guest_are_its_arguments,
		two_dashes_end_the_options,
		providers_keep_their_order_and_options,
		a_backslash_before_a_comma_keeps_it_in_the_path,
		there_are_at_most_64_providers,
		lines_have_a_descriptor_or_a_path,
		there_are_fourteen_lines,
		invalid_lines_are_refused,
		sizes_are_whole_pages_up_to_a_terabyte,
		invalid_sizes_are_refused,
		a_timeout_is_a_positive_number_of_seconds,
		errors_name_the_option,
		help_and_version_need_no_guest,
		the_help_text_names_every_option,
	};

	return unit_run("options", tests, COUNT(tests));
}
