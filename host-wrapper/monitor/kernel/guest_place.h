/*
 * Where in its own code a guest is, for reports: its stack has the addresses to which
 * calls return.
 */
#ifndef JUMPSLOT_MONITOR_GUEST_PLACE_H
#define JUMPSLOT_MONITOR_GUEST_PLACE_H

#include "partition.h"

/* After a call of an address without code: where the call returns to; 0 if the top of the
 * stack is not an address of the guest's code. */
uint64_t guest_place_caller(const struct partition *partition);

/* The first address of the guest's code on the stack at `sp`, within a few words; 0:
 * none. */
uint64_t guest_place_near(const struct partition *partition, uint64_t sp);

#endif
