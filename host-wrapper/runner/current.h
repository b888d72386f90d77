/*
 * The runner of this process, for code that cannot get it as an argument: a signal
 * handler has the kernel's arguments, a service the guest's, a function of
 * jumpslot/provider.h the provider's. All of them read it; none changes it.
 *
 * A service may keep state of its own in a static of its file, as for the clock's timer.
 */
#ifndef JUMPSLOT_CURRENT_H
#define JUMPSLOT_CURRENT_H

#include "runner.h"

extern const struct runner *current __attribute__((__visibility__("hidden")));

/* A pointer to an address of the image. */
static inline void *current_pointer(uint64_t address)
{
	return runner_pointer(current, address);
}

/* The region of the guest's memory that has `address`, or NULL. */
static inline const struct guest_region *current_region(uintptr_t address)
{
	return guest_memory_find(&current->memory, address);
}

#endif
