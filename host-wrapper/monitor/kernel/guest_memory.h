/*
 * The memory of a guest, as the kernel accesses it: by the window, after a look at the
 * guest's regions, and never by the guest's own addresses. So no access of the kernel
 * faults, whatever pointer a guest gives.
 */
#ifndef JUMPSLOT_MONITOR_GUEST_MEMORY_H
#define JUMPSLOT_MONITOR_GUEST_MEMORY_H

#include "partition.h"

/* Allocates and maps everything. Returns false without memory. */
bool guest_memory_create(struct partition *partition);

/* Whether the guest has all bytes with that access (BOOT_*). A size of 0: yes. */
bool guest_memory_has(const struct partition *partition, uint64_t address, uint64_t size,
		      uint32_t access);

/* Copy bytes that the guest may read or write. Return false, with nothing copied, if it
 * may not. At most a few pages: these loops are not interrupted. */
bool guest_memory_read(const struct partition *partition, void *to, uint64_t from,
		       uint64_t size);
bool guest_memory_write(const struct partition *partition, uint64_t to, const void *from,
			uint64_t size);

/* Returns how many of `size` bytes the guest may read, up to the first that it may not.
 */
uint64_t guest_memory_readable(const struct partition *partition, uint64_t address,
			       uint64_t size);

/* Whether the guest, or one of its libraries, has code there. The runtime's does not
 * count. */
bool guest_memory_has_code(const struct partition *partition, uint64_t address);

/* A word of the guest's width; 0 if it may not read it. */
uint64_t guest_memory_word(const struct partition *partition, uint64_t address);

#endif
