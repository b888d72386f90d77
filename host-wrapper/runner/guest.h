/*
 * The guest that this runner holds: where its parts lie. One a process.
 */
#ifndef JUMPSLOT_GUEST_H
#define JUMPSLOT_GUEST_H

#include <stdint.h>

#include "resolver/resolver.h"
#include "common/outcome.h"
#include "common/plan.h"

struct guest {
	const struct plan *plan;
	int file;	     /* the image */
	uintptr_t base;	     /* added to the image's addresses */
	uintptr_t stack_low; /* the initial stack, without its guards */
	uintptr_t stack_high;
	uintptr_t work_area;
	uintptr_t start_info;
	uintptr_t multiboot; /* Multiboot information; 0: none */
	uint64_t started_ns; /* on the monotonic clock */
	struct jumpslot_resolver resolver;
	struct outcome *outcome; /* shared with the supervisor; NULL without one */
};

extern struct guest guest;

/* A pointer to an address of the image. */
static inline void *guest_pointer(uint64_t address)
{
	return (void *)(guest.base + (uintptr_t)address);
}

#endif
