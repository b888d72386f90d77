/*
 * Vector and x87 registers as the kernel leaves them in a signal's frame: an XSAVE area
 * in the standard format (Intel SDM, volume 1, 13.4). Bytes 464 to 511 belong to the
 * kernel (asm/sigcontext.h, struct _fpx_sw_bytes).
 */
#ifndef JUMPSLOT_XSAVE_X86_H
#define JUMPSLOT_XSAVE_X86_H

#include <stddef.h>
#include <stdint.h>

#include "vcpu/registers_x86.h"

struct xsave {
	uint8_t x87[24];
	uint32_t mxcsr;
	uint8_t registers[436];
	uint32_t magic;
	uint32_t extended_size;
	uint64_t features; /* components in the area */
	uint32_t size;
	uint32_t padding[7];
	uint64_t header[8]; /* [0]: components that are not in their initial state */
};
_Static_assert(offsetof(struct xsave, magic) == 464, "xsave.magic");
_Static_assert(offsetof(struct xsave, header) == 512, "xsave.header");

/* Components beyond those of an AVX machine, and the bytes up to there. */
#define XSAVE_BEYOND_AVX (~(uint64_t)7)
#define XSAVE_AVX_SIZE	 ((size_t)832)
#define XSAVE_SSE	 ((uint64_t)2)
/* Protection keys do not belong to the guest. */
#define XSAVE_PKRU ((uint64_t)1 << 9)

/* Components to restore. */
static inline uint64_t xsave_features(const struct xsave *xsave)
{
	return xsave->features & ~XSAVE_PKRU;
}

/* Components to restore even where the processor has them in their initial state. x87,
 * SSE and AVX are among them: MXCSR has no initial state. */
static inline uint64_t xsave_changed(const struct xsave *xsave)
{
	return xsave->header[0] | 7;
}

/* Bytes of the area. XRSTOR may access all of them. */
static inline size_t xsave_size(const struct xsave *xsave)
{
	return xsave->size;
}

/* Bytes of the area that are in use: components in their initial state are not. */
static inline size_t xsave_used(const struct xsave *xsave)
{
	uint64_t used = xsave->header[0] & xsave_features(xsave);

	return used & XSAVE_BEYOND_AVX || xsave->size < XSAVE_AVX_SIZE ? xsave->size
								       : XSAVE_AVX_SIZE;
}

/* Uses no vector register: the kernel would have to restore it. */
static inline void xsave_copy(uintptr_t to, const struct xsave *xsave)
{
	size_t bytes = xsave_used(xsave);

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(xsave), "+c"(bytes) : : "memory");
}

/* The state in which a function starts: x87 empty, default control. From a 32-bit frame,
 * kernels take MXCSR only if SSE's registers have changed. The standard format has no
 * initial state for it: there, the interrupted code's would stay. */
static inline void xsave_reset(struct xsave *xsave)
{
	xsave->header[0] = XSAVE_SSE;
	xsave->mxcsr = X86_MXCSR_DEFAULT;
}

#endif
