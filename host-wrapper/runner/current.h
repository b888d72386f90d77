/*
 * The runner of this process, for code that nobody passes it to: a signal handler gets
 * the kernel's arguments only, a service gets the guest's, a function of
 * jumpslot/provider.h the provider's. All of them read it, none changes it.
 *
 * Apart from this, a service may keep state of its own, static in its file, such as the
 * clock's timer.
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
