/* Escape sequences of ECMA-48. See style.h. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "style.h"

static bool has_colours(FILE *out)
{
	const char *none = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return !(none && *none) && terminal && strcmp(terminal, "dumb") != 0 &&
	       isatty(fileno(out));
}

void style_print(enum style style, const char *text, FILE *out)
{
	static const char *const sequences[] = {
		[STYLE_HEADING] = "\033[1m",
		[STYLE_GOOD] = "\033[32m",
		[STYLE_DOUBTFUL] = "\033[33m",
		[STYLE_BAD] = "\033[31m",
	};
	const bool coloured = style != STYLE_PLAIN && has_colours(out);

	if (coloured)
		fputs(sequences[style], out);
	fputs(text, out);
	if (coloured)
		fputs("\033[m", out);
}
