/*
 * Interrupts of guests: raised at any time, delivered on the way back into the guest by
 * the rules of vcpu/rules.h.
 */
#ifndef JUMPSLOT_MONITOR_INTERRUPTS_H
#define JUMPSLOT_MONITOR_INTERRUPTS_H

#include "partition.h"

/* Marks a vector pending. */
void interrupts_raise(struct partition *partition, unsigned vector);

/* Whether a vector could be delivered at level 0. */
bool interrupts_has_deliverable(const struct partition *partition);

/* Before the guest goes on: delivers one vector, or leaves word that one waits. Its
 * vector registers are loaded. May end the partition. */
void interrupts_deliver(struct partition *partition);

#endif
