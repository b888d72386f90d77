/* Where files are, and how long to go on. See unit.h. */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

const char *unit_path(const char *name)
{
	static char path[4096];
	const char *build = getenv("BUILD");

	snprintf(path, sizeof(path), "%s/%s", build ? build : "build", name);
	return path;
}

unsigned long unit_rounds(unsigned long usual)
{
	const char *factor = getenv("UNIT_ROUNDS");
	unsigned long times = factor ? strtoul(factor, NULL, 10) : 1;

	return usual * (times ? times : 1);
}
