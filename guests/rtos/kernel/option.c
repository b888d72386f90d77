/* See option.h. Depends only on cpu, decimal and text. */
#include <stddef.h>

#include "cpu.h"
#include "decimal.h"
#include "option.h"
#include "text.h"

static const char *next_word(const char *word)
{
	while (*word && *word != ' ')
		word++;
	while (*word == ' ')
		word++;
	return word;
}

/* The text after `name` in the first word of that name, or NULL. */
static const char *find(const char *name, bool has_value)
{
	const size_t length = strlen(name);

	for (const char *word = cpu_command_line(); *word; word = next_word(word)) {
		const char *rest = word + length;

		if (strncmp(word, name, length))
			continue;
		if (has_value ? *rest == '=' : !*rest || *rest == ' ')
			return rest;
	}
	return NULL;
}

bool option_is_given(const char *name)
{
	return find(name, false);
}

uint32_t option_number(const char *name, uint32_t otherwise)
{
	const char *digit = find(name, true);

	if (!digit || *++digit < '0' || *digit > '9')
		return otherwise;
	return decimal(digit);
}
