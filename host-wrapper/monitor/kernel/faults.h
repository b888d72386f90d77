/*
 * Exceptions of guests: into the guest's fault handler and on with its decision, by the
 * rules of runner/guest_fault.h, or the end of the partition.
 */
#ifndef JUMPSLOT_MONITOR_FAULTS_H
#define JUMPSLOT_MONITOR_FAULTS_H

#include "partition.h"

/* The processor reported an exception; its number and error code are in the registers. */
void faults_exception(struct partition *partition, uint64_t address);

/* A call of the kernel read its arguments at `address`, where the guest has none. */
void faults_bad_arguments(struct partition *partition, uint64_t pc, uint64_t address);

/* `int $0x80` elsewhere than in the runtime: as the processor treats other vectors. */
void faults_foreign_call(struct partition *partition, uint64_t pc);

#endif
