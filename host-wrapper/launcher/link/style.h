/* Colours of reports. Depends on the environment and on the stream alone. */
#ifndef JUMPSLOT_STYLE_H
#define JUMPSLOT_STYLE_H

#include <stdio.h>

enum style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_GOOD,
	STYLE_DOUBTFUL,
	STYLE_BAD,
};

/*
 * Prints `text` in a style, if `out` is a terminal that has colours: not with NO_COLOR
 * in the environment (no-color.org), nor if TERM is "dumb" or missing.
 */
void style_print(enum style style, const char *text, FILE *out);

#endif
