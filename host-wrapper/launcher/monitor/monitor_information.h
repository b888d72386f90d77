/*
 * The information for a partition of the monitor: a struct monitor_information for its
 * runtime, the start information, for i386 the Multiboot information, and the arguments,
 * in one block at MONITOR_INFORMATION. Depends on the plan alone.
 */
#ifndef JUMPSLOT_MONITOR_INFORMATION_H
#define JUMPSLOT_MONITOR_INFORMATION_H

#include <stddef.h>

#include "common/plan.h"

struct monitor_addresses {
	uint64_t base;
	uint64_t resolver;
	uint64_t work_area;
};

size_t monitor_information_size(const struct plan *plan);
void monitor_information_write(void *to, const struct plan *plan,
			       const struct monitor_addresses *addresses);

/* Addresses in the block; 0: there is none. */
uint64_t monitor_information_start(const struct plan *plan);
uint64_t monitor_information_multiboot(const struct plan *plan);

#endif
