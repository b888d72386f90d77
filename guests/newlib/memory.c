/*
 * sbrk() over the work area, or over the part of it that the program leaves to the heap.
 * The heap's end is an error to the caller, and a line on standard error to the user,
 * once.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>
#include <jumpslot/newlib.h>

#include "memory.h"

#define PAGE ((size_t)4096)

/* NULL as an address if the program does not define it. */
extern const size_t jumpslot_heap_size __attribute__((__weak__));

static uintptr_t start, top, end, end_of_area;

int memory_use(uint64_t base, uint64_t size)
{
	size_t heap = (size_t)size;

	if (&jumpslot_heap_size)
		heap = (jumpslot_heap_size + PAGE - 1) & ~(PAGE - 1);
	if (heap > size || (&jumpslot_heap_size && heap < jumpslot_heap_size))
		return -1;
	start = top = (uintptr_t)base;
	end = start + heap;
	end_of_area = start + (uintptr_t)size;
	return 0;
}

void *jumpslot_heap_rest(size_t *size)
{
	*size = end_of_area - end;
	return *size ? (void *)end : NULL;
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
