/*
 * The largest XSAVE area in the standard format (Intel SDM, volume 1, 13.4).
 */
#ifndef JUMPSLOT_XSAVE_SIZE_X86_H
#define JUMPSLOT_XSAVE_SIZE_X86_H

#include <stddef.h>

/*
 * Bytes of all components that this processor and kernel have; 0 without XSAVE, or
 * without the XGETBV that tells which components are in use.
 */
size_t xsave_largest(void);

#endif
