/* The specifiers of core(5) that name a process of the whole system. See core_pattern.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core_pattern.h"

#define SETTING "/proc/sys/kernel/core_pattern"

bool core_pattern_differs(const char *pattern)
{
	if (*pattern == '|')
		return true; /* the program gets the system's number */
	for (const char *at = pattern; (at = strchr(at, '%')) && at[1]; at += 2)
		if (at[1] == 'P' || at[1] == 'I')
			return true;
	return false;
}

int core_pattern_check(struct message *message)
{
	char pattern[256] = "";
	FILE *in = fopen(SETTING, "re");

	if (in && !fgets(pattern, sizeof(pattern), in))
		pattern[0] = 0;
	if (in)
		fclose(in);
	if (core_pattern_differs(pattern))
		return 0;
	pattern[strcspn(pattern, "\n")] = 0;
	return fail(message, EINVAL,
		    "--core: with kernel.core_pattern \"%s\", partitions would overwrite "
		    "each other's core files (expected %%P in it)",
		    pattern);
}
