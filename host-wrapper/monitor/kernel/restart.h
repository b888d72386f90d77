/*
 * The start of a partition, and each restart: its memory is written page by page, in its
 * own time, so that no other partition waits for it.
 */
#ifndef JUMPSLOT_MONITOR_RESTART_H
#define JUMPSLOT_MONITOR_RESTART_H

#include "partition.h"

/* Begins. `keeps_work_area`: a warm restart. */
void restart_begin(struct partition *partition, bool keeps_work_area);

/* Writes one page, or enters the guest: PARTITION_RUNNING then. `now`: kernel time. */
void restart_step(struct partition *partition, uint64_t now_ns);

#endif
