/* How large an XSAVE area gets. See xsave.h. */
#include <cpuid.h>

#include "xsave_x86.h"

/* Tile data, which the kernel saves only for who asked to use it. */
#define TILES 18

/* Leaf 13, 1: XGETBV takes 1 as well. */
#define XGETBV_IN_USE 4

/* Intel SDM, volume 1, 13.2: of component n, leaf 13 tells size and offset. */
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
	size_t largest = 512 + 64;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) ||
	    !__get_cpuid_count(13, 1, &a, &b, &c, &d) || !(a & XGETBV_IN_USE) ||
	    !__get_cpuid_count(13, 0, &a, &b, &c, &d))
		return 0;
	for (unsigned i = 2; i < 32; i++)
		if (a & 1u << i && i != TILES && end_of(i) > largest)
			largest = end_of(i);
	return largest;
}
