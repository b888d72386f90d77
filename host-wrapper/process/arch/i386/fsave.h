/*
 * x87 registers in an i386 signal's context: FSAVE's format, before the XSAVE area. When
 * the signal returns, x87 comes from there. Depends on xsave_x86.h.
 */
#ifndef JUMPSLOT_FSAVE_I386_H
#define JUMPSLOT_FSAVE_I386_H

#include "process/signals/xsave_x86.h"

#define FSAVE_SIZE 112u

static inline struct xsave *fsave_next(void *fsave)
{
	return (struct xsave *)((uintptr_t)fsave + FSAVE_SIZE);
}

/* Empty, and default control: control, status and tag word. */
static inline void fsave_reset(void *fsave)
{
	uint32_t *words = fsave;

	words[0] = 0xffff037f;
	words[1] = 0xffff0000;
	words[2] = 0xffffffff;
}

#endif
