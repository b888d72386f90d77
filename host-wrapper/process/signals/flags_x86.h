/*
 * The alignment-check flag. A signal's handler inherits it from the guest, and the host's
 * code and libc's would fault because of it.
 */
#ifndef JUMPSLOT_FLAGS_X86_H
#define JUMPSLOT_FLAGS_X86_H

#include <x86intrin.h>

#define FLAGS_AC 0x40000u

static inline void flags_clear_alignment(void)
{
	if (__readeflags() & FLAGS_AC)
		__writeeflags(__readeflags() & ~FLAGS_AC);
}

#endif
