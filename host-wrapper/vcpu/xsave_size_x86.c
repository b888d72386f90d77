/* The size of an XSAVE area. See xsave_size_x86.h. */
#include <cpuid.h>

#include "xsave_size_x86.h"

/* Tile data, which the kernel saves only for a process that requested it. */
#define TILES 18

/* Leaf 13, subleaf 1, EAX: XGETBV accepts ECX = 1. */
#define XGETBV_IN_USE 4

/* Intel SDM, volume 1, 13.2: leaf 13 gives size and offset of component n. */
static size_t end_of(unsigned component)
{
	unsigned size, offset, c, d;

	if (!__get_cpuid_count(13, component, &size, &offset, &c, &d) || !size || c & 1)
		return 0;
	return offset + size;
}

size_t xsave_largest(void)
{
	unsigned a, b, c, d;
	size_t largest = 512 + 64; /* the legacy region and the header */

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) ||
	    !__get_cpuid_count(13, 1, &a, &b, &c, &d) || !(a & XGETBV_IN_USE) ||
	    !__get_cpuid_count(13, 0, &a, &b, &c, &d))
		return 0;
	for (unsigned i = 2; i < 32; i++)
		if (a & 1u << i && i != TILES && end_of(i) > largest)
			largest = end_of(i);
	return largest;
}
