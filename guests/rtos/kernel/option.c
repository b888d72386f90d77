/* See option.h. */
#include <stddef.h>

#include "cpu.h"
#include "option.h"
#include "text.h"

#define LIMIT 1000000

/* What stands behind `start` in the first word that starts so; NULL: none does. */
static const char *find(const char *start)
{
	const size_t length = strlen(start);
	const char *word = cpu_command_line();

	while (*word) {
		if (!strncmp(word, start, length))
			return word + length;
		while (*word && *word != ' ')
			word++;
		while (*word == ' ')
			word++;
	}
	return NULL;
}

bool option_is_given(const char *word)
{
	const char *rest = find(word);

	return rest && (!*rest || *rest == ' ');
}

uint32_t option_number(const char *name, uint32_t otherwise)
{
	const char *digit = find(name);
	uint32_t number = 0;

	if (!digit || *digit++ != '=' || *digit < '0' || *digit > '9')
		return otherwise;
	for (; *digit >= '0' && *digit <= '9' && number < LIMIT; digit++)
		number = number * 10 + (uint32_t)(*digit - '0');
	return number < LIMIT ? number : LIMIT;
}
