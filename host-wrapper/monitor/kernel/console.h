/*
 * The console of partitions: the serial lines. A call takes as much as the line takes at
 * once, so it never waits; the runtime calls again.
 */
#ifndef JUMPSLOT_MONITOR_CONSOLE_H
#define JUMPSLOT_MONITOR_CONSOLE_H

#include "partition.h"
#include "uart.h"

/* Returns the number of bytes that were taken, 0 if the line is busy, or -EFAULT. */
int console_put(const struct partition *partition, enum uart line, uint64_t bytes,
		uint64_t count);

/* Returns a byte, or -1: none yet, or this partition has no input. */
int console_get(struct partition *partition);

/* From now on input raises the partition's vector. */
void console_watch(struct partition *partition);

/* The console's line has interrupted. */
void console_input(struct partition *partition);

#endif
