/*
 * Every access of the kernel to the variables of a partition's runtime, which lie in the
 * guest's memory. The guest can write anything there. So no value is trusted: an address
 * among them becomes the guest's own program counter or stack pointer and nothing else.
 */
#ifndef JUMPSLOT_MONITOR_GUEST_RUNTIME_H
#define JUMPSLOT_MONITOR_GUEST_RUNTIME_H

#include "partition.h"

/* The guest's interrupt handler; 0: none. */
uint64_t guest_runtime_handler(const struct partition *partition);
/* The vectors that it requested. */
uint64_t guest_runtime_used(const struct partition *partition);
/* The frame that the return from its handler restores. */
uint64_t guest_runtime_resuming(const struct partition *partition);
/* An interrupt waits for the level. */
void guest_runtime_set_waiting(const struct partition *partition);
void guest_runtime_count_delivered(const struct partition *partition);

#endif
