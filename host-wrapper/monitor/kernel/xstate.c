/* XSAVE and XRSTOR. See xstate.h. */
#include <cpuid.h>

#include "memory_bytes.h"
#include "vcpu/registers_x86.h"
#include "xstate.h"

#define X87_AND_SSE 0x3u
#define AVX	    0x4u
#define HEADER	    512 /* offset of the components in use */
#define MXCSR	    24
/* Leaf 13, subleaf 1, EAX: XGETBV accepts ECX = 1. */
#define XGETBV_IN_USE 4

static uint32_t components;
static struct xstate initial;

bool xstate_is_supported(void)
{
	uint32_t a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && c & bit_XSAVE &&
	       __get_cpuid_count(13, 1, &a, &b, &c, &d) && a & XGETBV_IN_USE;
}

void xstate_start(void)
{
	uint32_t a = 0, b, c, d;

	__get_cpuid_count(13, 0, &a, &b, &c, &d);
	components = X87_AND_SSE | (a & AVX);
	__asm__ volatile("xsetbv" : : "a"(components), "d"(0), "c"(0));
	xstate_make_initial(&initial);
}

uint32_t xstate_components(void)
{
	return components;
}

void xstate_save(struct xstate *to)
{
	__asm__ volatile("xsave64 %0" : "=m"(*to) : "a"(components), "d"(0));
}

void xstate_load(const struct xstate *from)
{
	__asm__ volatile("xrstor64 %0" : : "m"(*from), "a"(components), "d"(0));
}

void xstate_load_initial(void)
{
	xstate_load(&initial);
}

void xstate_make_initial(struct xstate *state)
{
	const uint32_t mxcsr = X86_MXCSR_DEFAULT;

	memset(state, 0, sizeof(*state));
	memcpy(state->bytes + MXCSR, &mxcsr, sizeof(mxcsr));
}

uint32_t xstate_in_use(const struct xstate *state)
{
	uint32_t in_use;

	memcpy(&in_use, state->bytes + HEADER, sizeof(in_use));
	return in_use;
}
