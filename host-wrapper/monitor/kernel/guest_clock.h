/* A guest's clock: 0 when it starts, and its vector. */
#ifndef JUMPSLOT_MONITOR_GUEST_CLOCK_H
#define JUMPSLOT_MONITOR_GUEST_CLOCK_H

#include "partition.h"

#define GUEST_CLOCK_NEVER UINT64_MAX

/* Returns 0 or a negative errno, as _BSP_Virtual_Clock_periodic() and _oneshot() do.
 * `period`: 0 for once. */
int guest_clock_set(struct partition *partition, uint64_t first_ns, uint64_t period_ns);

/* Raises the vector for all periods that are over. */
void guest_clock_look(struct partition *partition, uint64_t now_ns);

/* When to look again, in kernel time. */
uint64_t guest_clock_next(const struct partition *partition);

#endif
