/* The table of options, and the words of the command line. See options.h. */
#include <errno.h>
#include <string.h>

#include "option_combinations.h"
#include "option_values.h"
#include "options.h"

#ifndef SANDBOX_DEFAULT
#define SANDBOX_DEFAULT SANDBOX_ON
#endif

struct option {
	const char *name;
	size_t flag; /* offset of a bool in struct options, unless it takes a value */
	int (*take)(struct options *, const char *, char *, struct message *);
	bool may_lack_value; /* which follows = only */
};

static const struct option table[] = {
	{ "--host", 0, option_take_host, false },
	{ "--image", 0, option_take_image, false },
	{ "--model", 0, option_take_model, false },
	{ "--provider", 0, option_take_provider, false },
	{ "--standby", 0, option_take_standby, false },
	{ "--bind", 0, option_take_bind, false },
	{ "--stack", 0, option_take_stack, false },
	{ "--host-stack", 0, option_take_host_stack, false },
	{ "--work-area", 0, option_take_work_area, false },
	{ "--line", 0, option_take_line, false },
	{ "--clock", 0, option_take_clock, false },
	{ "--timeout", 0, option_take_timeout, false },
	{ "--sandbox", 0, option_take_sandbox, false },
	{ "--print-sandbox", offsetof(struct options, print_sandbox), NULL, false },
	{ "--allow-missing", offsetof(struct options, allow_missing), NULL, false },
	{ "--list", offsetof(struct options, list), NULL, false },
	{ "--json", offsetof(struct options, json), NULL, false },
	{ "--report", 0, option_take_report, true },
	{ "--trace", 0, option_take_trace, true },
	{ "--trace-file", 0, option_take_trace_file, false },
	{ "--stats", offsetof(struct options, stats), NULL, false },
	{ "--unused", offsetof(struct options, unused), NULL, false },
	{ "--control", 0, option_take_control, false },
	{ "--on", 0, option_take_on, false },
	{ "--policy", 0, option_take_policy, false },
	{ "--seed", 0, option_take_seed, false },
	{ "--in-place", offsetof(struct options, in_place), NULL, false },
	{ "--raw", offsetof(struct options, raw), NULL, false },
	{ "--wait-gdb", offsetof(struct options, wait_gdb), NULL, false },
	{ "--gdb", 0, option_take_gdb, false },
	{ "--core", offsetof(struct options, core), NULL, false },
	{ "--perf-map", offsetof(struct options, perf_map), NULL, false },
	{ "-h", offsetof(struct options, help), NULL, false },
	{ "--help", offsetof(struct options, help), NULL, false },
	{ "--version", offsetof(struct options, version), NULL, false },
};

/* Finds the option that `word` names, alone or before '='. */
static const struct option *find(const char *word)
{
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strncmp(table[i].name, word, length) && !table[i].name[length])
			return &table[i];
	return NULL;
}

/* Takes argv[*at], with its value after '=' or in the next word. */
static int take(struct options *options, int argc, char **argv, int *at,
		struct message *message)
{
	char *word = argv[*at];
	char *value = strchr(word, '=');
	const struct option *option = find(word);

	if (!option)
		return fail(message, EINVAL, "%s: unknown option; see --help", word);
	if (!option->take) {
		if (value)
			return fail(message, EINVAL, "%s takes no value", option->name);
		*(bool *)((char *)options + option->flag) = true;
		return 0;
	}
	if (option->may_lack_value)
		return option->take(options, option->name, value ? value + 1 : NULL,
				    message);
	if (!value && *at + 1 == argc)
		return fail(message, EINVAL, "%s: missing value", word);
	value = value ? value + 1 : argv[++*at];
	return option->take(options, option->name, value, message);
}

int options_read(struct options *options, int argc, char **argv, struct message *message)
{
	int error = 0;
	int at = 1;

	*options = (struct options){
		.sandbox = SANDBOX_DEFAULT,
		.stack_size = UINT64_C(1) << 20,
		.host_stack_size = UINT64_C(8) << 20,
		.work_area_size = UINT64_C(64) << 20,
	};
	for (; !error && at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--")) {
			at++;
			break;
		}
		error = take(options, argc, argv, &at, message);
	}
	if (error || options->help || options->version)
		return error;
	options->ends_with_trace = at > 1 && !strcmp(argv[at - 1], "--trace");
	options->arguments = argv + at;
	options->argument_count = (size_t)(argc - at);
	return option_combinations_check(options, message);
}
