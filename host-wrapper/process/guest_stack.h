/*
 * Reads of the guest's stack. Direct functions run there, and one that runs, or that the
 * guest left, has red zones of AddressSanitizer there, which say nothing of these reads.
 */
#ifndef JUMPSLOT_GUEST_STACK_H
#define JUMPSLOT_GUEST_STACK_H

#include <stddef.h>

#define READS_THE_STACK __attribute__((__no_sanitize__("address")))

/* Like memcpy(). */
READS_THE_STACK static inline void guest_stack_copy(void *to, const void *from,
						    size_t size)
{
	const volatile char *bytes = from;

	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = bytes[i];
}

#endif
