/*
 * The size of an XSAVE area. See xsave_size_x86.h. A hypervisor emulates each CPUID,
 * which takes microseconds, so the size is found once, with as few of them as possible.
 */
#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>

#include "xsave_size_x86.h"

/* Tile data, which the kernel saves only for a process that requested it. */
#define TILES 18

/* Leaf 13, subleaf 1, EAX: XGETBV accepts ECX = 1. */
#define XGETBV_IN_USE 4

/* Components that the kernel has enabled. */
static uint32_t enabled(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low;
}

/* Intel SDM, volume 1, 13.2: leaf 13 gives size and offset of component n. */
static size_t end_of(unsigned component)
{
	unsigned size, offset, c, d;

	__cpuid_count(13, component, size, offset, c, d);
	return size && !(c & 1) ? offset + size : 0;
}

static size_t largest_without_tiles(uint32_t components)
{
	size_t largest = 512 + 64; /* the legacy region and the header */

	for (unsigned i = 2; i < 32; i++)
		if (components & 1u << i && i != TILES && end_of(i) > largest)
			largest = end_of(i);
	return largest;
}

static size_t find_largest(void)
{
	unsigned a, b, c, d;

	__cpuid(1, a, b, c, d);
	if (!(c & bit_OSXSAVE))
		return 0;
	__cpuid_count(13, 1, a, b, c, d);
	if (!(a & XGETBV_IN_USE))
		return 0;
	if (enabled() & 1u << TILES)
		return largest_without_tiles(enabled());
	__cpuid_count(13, 0, a, b, c, d);
	return b; /* of all enabled components */
}

size_t xsave_largest(void)
{
	static size_t largest;
	static bool known;

	if (!known)
		largest = find_largest();
	known = true;
	return largest;
}
