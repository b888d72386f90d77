/*
 * The system calls that a function of a partition library may state: those that
 * monitor/library has a replacement for. All others are what such a function lacks.
 */
#ifndef JUMPSLOT_PARTITION_CALLS_H
#define JUMPSLOT_PARTITION_CALLS_H

#include "launcher/scan/provider_file.h"

/*
 * The first system call that `library` states for its function of that name and that a
 * partition does not have, or NULL. A call that is stated for opened files alone is not
 * lacking: there are none.
 */
const char *partition_calls_lacking(const struct provider_file *library,
				    const char *function, const struct machine *machine);

#endif
