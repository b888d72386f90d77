/*
 * The state of a runner, which has one guest. main() makes it and passes it to the steps
 * that prepare the guest; each field has one writer, named here. Signal handlers and
 * services get no argument from main() and read it through current.h.
 */
#ifndef JUMPSLOT_RUNNER_H
#define JUMPSLOT_RUNNER_H

#include <stdint.h>

#include "common/outcome.h"
#include "common/plan.h"
#include "guest_memory.h"

/* Addresses: [start, end). */
struct area {
	uintptr_t start;
	uintptr_t end;
};

struct runner {
	const struct plan *plan; /* plan_read() */
	struct outcome *outcome; /* shared with the supervisor; NULL without one */
	uintptr_t base;		 /* load_segments(): added to addresses of the image */
	struct area stack;	 /* load_areas(): the initial stack, without guards */
	struct area work_area;	 /* load_areas() */
	uintptr_t start_info;	 /* start_pages_make() */
	uintptr_t multiboot;	 /* multiboot_make(): 0: the guest gets none */
	struct guest_memory
		memory; /* every step that maps memory for the guest adds it */
};

/* A pointer to an address of the image. */
static inline void *runner_pointer(const struct runner *runner, uint64_t address)
{
	return (void *)(runner->base + (uintptr_t)address);
}

#endif
