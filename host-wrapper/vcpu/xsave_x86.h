/*
 * Vector and x87 registers as the kernel leaves them in a signal's frame: an XSAVE area
 * in the standard format (Intel SDM, volume 1, 13.4), of which 464 to 511 are the
 * kernel's own (asm/sigcontext.h, struct _fpx_sw_bytes).
 */
#ifndef JUMPSLOT_XSAVE_H
#define JUMPSLOT_XSAVE_H

#include <stddef.h>
#include <stdint.h>

struct xsave {
	uint8_t x87[24];
	uint32_t mxcsr;
	uint8_t registers[436];
	uint32_t magic;
	uint32_t extended_size;
	uint64_t features; /* components that are there */
	uint32_t size;
	uint32_t padding[7];
	uint64_t
		header[8]; /* the first: components that are not in their initial state */
};
_Static_assert(offsetof(struct xsave, magic) == 464, "xsave.magic");
_Static_assert(offsetof(struct xsave, header) == 512, "xsave.header");

/* Components beyond those of an AVX machine, and the bytes up to there. */
#define XSAVE_BEYOND_AVX (~(uint64_t)7)
#define XSAVE_AVX_SIZE	 ((size_t)832)
/* Protection keys are no register of the guest's. */
#define XSAVE_PKRU ((uint64_t)1 << 9)

/* What is to be restored. */
static inline uint64_t xsave_features(const struct xsave *xsave)
{
	return xsave->features & ~XSAVE_PKRU;
}

/* What is to be restored even where the processor has it in its initial state; MXCSR,
 * which goes with SSE and AVX, is in no such state. */
static inline uint64_t xsave_changed(const struct xsave *xsave)
{
	return xsave->header[0] | 7;
}

/* Bytes of the area: XRSTOR looks whether all of them are there. */
static inline size_t xsave_size(const struct xsave *xsave)
{
	return xsave->size;
}

/* Bytes of it that hold anything: components in their initial state do not. */
static inline size_t xsave_used(const struct xsave *xsave)
{
	uint64_t used = xsave->header[0] & xsave_features(xsave);

	return used & XSAVE_BEYOND_AVX || xsave->size < XSAVE_AVX_SIZE ? xsave->size
								       : XSAVE_AVX_SIZE;
}

/* Without vector registers, which would have to be restored as well. */
static inline void xsave_copy(uintptr_t to, const struct xsave *xsave)
{
	size_t bytes = xsave_used(xsave);

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(xsave), "+c"(bytes) : : "memory");
}

/* As a function expects them: x87 empty, and default control. */
static inline void xsave_reset(struct xsave *xsave)
{
	xsave->header[0] = 0;
	xsave->mxcsr = 0x1f80;
}

/* Bytes of all components that this processor and kernel have; 0 without XSAVE, or
 * without XGETBV that tells which of them are in use. */
size_t xsave_largest(void);

#endif
