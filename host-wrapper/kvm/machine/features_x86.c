/* CPUID and XCR0 of the virtual machine's processor. See features_x86.h. */
#include <cpuid.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "features_x86.h"

/* CPUID's leaves, of every processor so far. */
#define MOST_LEAVES 256

/* Components of XSAVE: x87, SSE, AVX, three of AVX-512. Others hold state of the process
 * or of the kernel, or need a request. */
#define X87	UINT64_C(0x1)
#define AVX	UINT64_C(0x4)
#define AVX3	UINT64_C(0xe0)
#define CARRIED (X87 | UINT64_C(0x2) | AVX | AVX3)
#define OSXSAVE (1u << 27)
#define XSAVE	13 /* the leaf */
#define HEADER	((size_t)512 + 64)

static struct {
	uint64_t xcr0;
	size_t xsave_bytes;
} features;

uint64_t features_xcr0(void)
{
	return features.xcr0;
}

size_t features_xsave_bytes(void)
{
	return features.xsave_bytes;
}

uint32_t features_vector_bytes(void)
{
	if ((features.xcr0 & AVX3) == AVX3)
		return 64;
	return features.xcr0 & AVX ? 32 : 16;
}

/* The components that the runner can use itself: calls carry the same registers on both
 * sides. */
static uint64_t own_xcr0(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & OSXSAVE))
		return 0;
	__asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
	return (uint64_t)d << 32 | a;
}

static uint64_t supported_xcr0(const struct kvm_cpuid2 *leaves)
{
	for (unsigned i = 0; i < leaves->nent; i++)
		if (leaves->entries[i].function == XSAVE && !leaves->entries[i].index)
			return (uint64_t)leaves->entries[i].edx << 32 |
			       leaves->entries[i].eax;
	return 0;
}

/* Intel SDM, volume 1, 13.2: leaf 13 gives size and offset of component n. */
static size_t size_of_area(uint64_t xcr0)
{
	size_t size = HEADER;
	unsigned bytes, offset, c, d;

	for (unsigned i = 2; i < 64; i++)
		if (xcr0 >> i & 1 &&
		    __get_cpuid_count(XSAVE, i, &bytes, &offset, &c, &d) &&
		    offset + bytes > size)
			size = offset + bytes;
	return size;
}

static void choose_state(const struct kvm_cpuid2 *leaves)
{
	uint64_t both = own_xcr0() & supported_xcr0(leaves) & CARRIED;

	if ((both & AVX3) != AVX3)
		both &= ~AVX3;
	features.xcr0 = both;
	features.xsave_bytes = both ? size_of_area(both) : 0;
}

static int set_leaves(int kvm, int vcpu, struct kvm_cpuid2 *leaves,
		      struct message *message)
{
	leaves->nent = MOST_LEAVES;
	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, leaves) ||
	    ioctl(vcpu, KVM_SET_CPUID2, leaves))
		return fail(message, errno, "--host kvm: the processor's features: %s",
			    strerror(errno));
	choose_state(leaves);
	return 0;
}

int features_set(int kvm, int vcpu, struct message *message)
{
	struct kvm_cpuid2 *leaves =
		calloc(1, sizeof(*leaves) + MOST_LEAVES * sizeof(leaves->entries[0]));
	int error;

	if (!leaves)
		return fail(message, ENOMEM, "out of memory");
	error = set_leaves(kvm, vcpu, leaves, message);
	free(leaves);
	return error;
}
