/* The sleep of a guest that waits for an interrupt, in assembly. */
#ifndef JUMPSLOT_SLEEP_H
#define JUMPSLOT_SLEEP_H

#include <stdint.h>
#include <time.h>

/*
 * Sleeps until that time on the monotonic clock, or until a signal; not at all if
 * vcpu.delivered is no longer `delivered`. Returns 0 at that time.
 */
int jumpslot_sleep(const struct timespec *until, uint32_t delivered);

#endif
