/* Reads kernel.core_pattern. See core_file.h. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core_file.h"

int core_file_directory(void)
{
	FILE *file = fopen("/proc/sys/kernel/core_pattern", "re");
	char pattern[256] = "", *slash;

	if (file) {
		if (!fgets(pattern, sizeof(pattern), file))
			pattern[0] = 0;
		fclose(file);
	}
	if (pattern[0] == '|')
		return -1;
	slash = strrchr(pattern, '/');
	if (slash)
		slash[slash == pattern] = 0; /* the root keeps its slash */
	return open(slash ? pattern : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}
