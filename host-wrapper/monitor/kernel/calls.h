/* The calls of monitor/calls.h: what a guest asks of the kernel. */
#ifndef JUMPSLOT_MONITOR_KERNEL_CALLS_H
#define JUMPSLOT_MONITOR_KERNEL_CALLS_H

#include "partition.h"

/* The guest executed `int $0x80`. */
void calls_take(struct partition *partition, uint64_t now_ns);

/* Whether a partition that waits goes on. */
bool calls_wait_is_over(struct partition *partition, uint64_t now_ns);

/* When to look again, in kernel time. */
uint64_t calls_wait_until(const struct partition *partition);

#endif
