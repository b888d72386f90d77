/*
 * The cost of finding functions by a chain of string compares, as hosts of other
 * paravirtualized systems do: each name is compared with all names before it. Prints the
 * ticks of one search for each function of names.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "calls/counted.h"

#define NAME(func)                                                                       \
	static int func(int value)                                                       \
	{                                                                                \
		return value + 1;                                                        \
	}
#include "names.h"
#undef NAME

typedef int function(int value);

static function *find(const char *name)
{
#define NAME(func)                                                                       \
	if (!strcmp(name, #func))                                                        \
		return func;
#include "names.h"
#undef NAME
	return NULL;
}

static const char *const names[] = {
#define NAME(func) #func,
#include "names.h"
#undef NAME
};

static int search_all(int value, long times)
{
	(void)times;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		value = find(names[i])(value);
	return value;
}

int main(void)
{
	uint64_t taken;

	begin_count();
	taken = ticks_of(search_all, 1);
	end_count("first");
	printf("%" PRIu64 "\n", taken);
	return 0;
}
