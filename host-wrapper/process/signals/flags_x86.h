/*
 * The alignment flag, which a signal's handler inherits from the guest: our code, and
 * libc's, would fault by it.
 */
#ifndef JUMPSLOT_FLAGS_H
#define JUMPSLOT_FLAGS_H

#include <x86intrin.h>

#define FLAGS_AC 0x40000u

static inline void flags_clear_alignment(void)
{
	if (__readeflags() & FLAGS_AC)
		__writeeflags(__readeflags() & ~FLAGS_AC);
}

#endif
