/*
 * Partition libraries: providers that run in the guest's ring, as part of its partition.
 * Each is an image like a guest's, with a provider's table, and imports services of the
 * monitor's runtime. Depends on monitor_partition.h.
 */
#ifndef JUMPSLOT_MONITOR_LIBRARY_H
#define JUMPSLOT_MONITOR_LIBRARY_H

#include "launcher/link/linked_guest.h"
#include "monitor_partition.h"

/*
 * Adds all partition libraries of a guest to its partition, which is made, and lets each
 * of them start before the guest does, in order. `object`: set to the name of the library
 * at fault. Returns 0 or a negative errno.
 */
int monitor_libraries_add(struct monitor_partition *partition,
			  const struct linked_guest *guest, const char **object,
			  struct message *message);

#endif
