/*
 * Time slots from absolute boundaries, and the partition that goes on.
 */
#ifndef JUMPSLOT_MONITOR_SCHEDULE_H
#define JUMPSLOT_MONITOR_SCHEDULE_H

#include "partition.h"

/* Creates all partitions. Returns NULL, or why that is not possible. */
const char *schedule_create(const struct boot_image *image);

/* Starts the first frame, and never returns. */
void schedule_start(void) __attribute__((__noreturn__));

/* Puts the schedule of that name, of BOOT_NAME bytes, in force with the next frame.
 * Returns false if there is none. */
bool schedule_choose(const char *name);

/* Raises the console's vector where it belongs. */
void schedule_console_input(void);

/* The partition whose registers and addresses are in use. */
struct partition *schedule_current(void);

/* The partition of that number, which exists. */
struct partition *schedule_partition(uint32_t number);

/* Reacts to a call or an exception of the current partition, which has accessed `address`
 * if it is a page fault: now, or at the start of its next slot if this one ends soon. */
void schedule_trap(uint64_t address);

/* Chooses the guest that goes on, after a trap; waits if there is none. Ends the machine
 * when all partitions have ended. */
struct trap_frame *schedule_next(void);

#endif
