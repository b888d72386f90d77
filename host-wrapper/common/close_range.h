/* Closes a range of descriptors. Depends on the kernel alone: not every libc has it. */
#ifndef JUMPSLOT_CLOSE_RANGE_H
#define JUMPSLOT_CLOSE_RANGE_H

#include <sys/syscall.h>
#include <unistd.h>

/* Those from `first` to `last`. Returns 0, or -1 and sets errno. */
static inline int close_descriptors(unsigned first, unsigned last)
{
	return (int)syscall(SYS_close_range, first, last, 0);
}

#endif
