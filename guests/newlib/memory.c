/*
 * sbrk() over the work area. Needs no host call: the area belongs to the guest from the
 * start.
 */
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "memory.h"

static uintptr_t start, top, end;

void memory_use(uint64_t base, uint64_t size)
{
	start = top = (uintptr_t)base;
	end = start + (uintptr_t)size;
}

void *sbrk(ptrdiff_t increment)
{
	uintptr_t previous = top;

	if (increment < 0 ? -(uintptr_t)increment > top - start
			  : (uintptr_t)increment > end - top) {
		errno = ENOMEM;
		return (void *)-1;
	}
	top += (uintptr_t)increment;
	return (void *)previous;
}
