/*
 * The health monitor: the boot image's rule for each error of each partition, and a ring
 * of events for the log. Depends on partition.h.
 */
#ifndef JUMPSLOT_MONITOR_HEALTH_H
#define JUMPSLOT_MONITOR_HEALTH_H

#include "partition.h"

/* An error, and where the guest was. */
struct health_error {
	enum boot_error error;
	uint64_t pc;
	uint64_t address; /* that was accessed, or 0 */
};

/* Whether the guest's own fault handler comes first. Records the event if so. */
bool health_asks_guest(const struct partition *partition,
		       const struct health_error *error);

/*
 * Records an error that the guest has not handled, and begins what the rule says. Returns
 * true if the caller is to end the partition; otherwise it restarts, or goes on if
 * `error` is one of ports.
 */
bool health_ends(struct partition *partition, const struct health_error *error);

/* Of all partitions, since the last call: BOOT_HALT, BOOT_RESET, or BOOT_LOG for none. */
enum boot_action health_module_action(void);

/* Moves an event to the log, if it has room. Returns whether events are left. */
bool health_drain(void);

#endif
