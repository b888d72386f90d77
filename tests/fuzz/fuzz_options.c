/*
 * The command line, interrupt lines included. An input has one word in each line. The
 * launcher refuses it in one line, or every value is in its range.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/page.h"
#include "fuzz.h"
#include "launcher/options/options.h"

#define MAX_WORDS 64

static void promise(bool holds)
{
	if (!holds)
		abort();
}

static void check_lines(const struct options *options)
{
	unsigned seen = 0;

	for (size_t i = 0; i < options->line_count; i++) {
		const struct line_option *line = &options->lines[i];

		promise(line->vector >= PLAN_FIRST_LINE &&
			line->vector <= PLAN_LAST_LINE);
		promise(!(seen >> line->vector & 1));
		promise(line->path ? strlen(line->path) < 108 : line->descriptor > 2);
		seen |= 1u << line->vector;
	}
}

static void check_options(const struct options *options, char **words, int count)
{
	promise(options->stack_size && options->stack_size % PAGE == 0);
	promise(options->host_stack_size && options->host_stack_size % PAGE == 0);
	promise(options->work_area_size && options->work_area_size % PAGE == 0);
	promise(options->provider_count <= OPTIONS_MAX_PROVIDERS);
	for (size_t i = 0; i < options->provider_count; i++)
		promise(*options->providers[i].path && options->providers[i].options);
	check_lines(options);
	if (options->help || options->version)
		return;
	/* A model names its guests. */
	promise(options->model ? !options->argument_count : options->argument_count > 0);
	promise(options->arguments + options->argument_count == words + count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text;
	char *words[MAX_WORDS + 1] = { (char[]){ "host-wrapper" } };
	struct message message = { .text = "" };
	struct options options;
	int count = 1;

	promise(text);
	while (rest && count < MAX_WORDS)
		words[count++] = strsep(&rest, "\n");
	if (!options_read(&options, count, words, &message))
		check_options(&options, words, count);
	else
		promise(message.text[0]);
	free(text);
	return 0;
}
