/*
 * The schedules of a partitioned system. The host provides this function itself; only
 * the monitor host has schedules. Depends on external_func.h and <stddef.h>.
 */
#ifndef JUMPSLOT_SCHEDULE_H
#define JUMPSLOT_SCHEDULE_H

#include <stddef.h>
#include "external_func.h"

/*
 * int jumpslot_schedule_set(const char *name, size_t length)
 *
 * Puts the schedule of that name, which has `length` bytes, in force with the next frame;
 * a later call before that replaces it. Returns 0; -EFAULT if the name is not readable
 * guest memory; -EPERM if the model does not permit it, or if the host has no schedules;
 * -ENOENT if there is no such schedule. Async-signal-safe. From an interrupt handler:
 * yes.
 */
EXTERNAL_FUNC(int, jumpslot_schedule_set, const char *, size_t)

#endif
