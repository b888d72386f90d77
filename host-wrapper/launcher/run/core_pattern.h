/*
 * Names of the core files of several guests. Depends on the kernel's setting alone.
 */
#ifndef JUMPSLOT_CORE_PATTERN_H
#define JUMPSLOT_CORE_PATTERN_H

#include <stdbool.h>

#include "common/message.h"

/* Whether core files of processes with equal names and numbers, which guests in PID
 * namespaces have, get names of their own by this kernel.core_pattern. */
bool core_pattern_differs(const char *pattern);

/* Refuses a setting by which one guest's core file would overwrite another's. Returns 0
 * or a negative errno. */
int core_pattern_check(struct message *message);

#endif
