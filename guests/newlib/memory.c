/*
 * sbrk() over the work area, which belongs to the guest from the start. Its end is an
 * error to the caller, and a line on standard error to the user, once.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "memory.h"

static uintptr_t start, top, end;

void memory_use(uint64_t base, uint64_t size)
{
	start = top = (uintptr_t)base;
	end = start + (uintptr_t)size;
}

static void tell_once(void)
{
	static const char line[] =
		"out of memory: the work area is full (use a larger --work-area)\n";
	static bool told;

	if (!told)
		write(STDERR_FILENO, line, sizeof(line) - 1);
	told = true;
}

void *sbrk(ptrdiff_t increment)
{
	uintptr_t previous = top;

	if (increment < 0 ? -(uintptr_t)increment > top - start
			  : (uintptr_t)increment > end - top) {
		tell_once();
		errno = ENOMEM;
		return (void *)-1;
	}
	top += (uintptr_t)increment;
	return (void *)previous;
}
