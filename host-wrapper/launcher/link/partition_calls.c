/* A comparison of statements with a list. See partition_calls.h. */
#include <stdlib.h>
#include <string.h>

#include "partition_calls.h"

/* In ascending order. Memory, the console, clocks (monitor/library/calls.c). */
static const char *const replaced[] = {
	"_llseek",
	"brk",
	"clock_gettime",
	"clock_gettime64",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"close",
	"fcntl",
	"fcntl64",
	"fstat",
	"fsync",
	"getpid",
	"ioctl",
	"lseek",
	"madvise",
	"mmap",
	"mmap2",
	"mprotect",
	"mremap",
	"munmap",
	"poll",
	"pread64",
	"pwrite64",
	"read",
	"restart_syscall",
	"statx",
	"write",
};

static int compare(const void *name, const void *entry)
{
	return strcmp(name, *(const char *const *)entry);
}

static bool is_replaced(const char *name)
{
	return bsearch(name, replaced, sizeof(replaced) / sizeof(*replaced),
		       sizeof(*replaced), compare);
}

static bool is_for_opened(const struct jumpslot_rule *rule)
{
	for (size_t i = 0; i < JUMPSLOT_RULE_CHECKS; i++)
		if (rule->checks[i].kind == JUMPSLOT_CHECK_OPENED)
			return true;
	return false;
}

static const char *lacking(const struct jumpslot_rule *rule,
			   const struct machine *machine)
{
	const char *name = statement_call(rule, machine->name);

	if (!name || !*name || is_for_opened(rule) || is_replaced(name))
		return NULL;
	return name;
}

const char *partition_calls_lacking(const struct provider_file *library,
				    const char *function, const struct machine *machine)
{
	const struct statements *stated = &library->stated;

	for (size_t i = 0; i < stated->count; i++) {
		const struct statement *statement = &stated->statements[i];

		if (strcmp(statement->name, function))
			continue;
		for (size_t j = 0; j < statement->count; j++) {
			const char *name =
				lacking(&stated->rules[statement->first + j], machine);

			if (name)
				return name;
		}
	}
	return NULL;
}
