/*
 * The end of a partition, as a line of the log: the exit status, or a signal's number and
 * a struct outcome, as the runner of the process host leaves it. So the launcher reports
 * both alike.
 */
#ifndef JUMPSLOT_MONITOR_ENDING_H
#define JUMPSLOT_MONITOR_ENDING_H

#include "partition.h"

/* A fault, as the processor and the kernel see it. */
struct ending_cause {
	uint32_t kind; /* OUTCOME_* */
	int signal;
	int code;
	uint32_t detail;
	uint32_t handler; /* OUTCOME_HANDLER_* */
	enum boot_error error;
	uint64_t pc;
	uint64_t address;
	uint64_t jumped_from; /* as in struct outcome */
};

/*
 * All of these report to the health monitor first, which may restart the partition
 * instead.
 *
 * The guest has ended by itself. */
void ending_status(struct partition *partition, int status);

void ending_fault(struct partition *partition, const struct ending_cause *cause);

/* The run ends before the partition does. */
void ending_halted(struct partition *partition);

/* A fault at the guest's program counter, without an address. */
void ending_by(struct partition *partition, uint32_t kind, uint32_t detail);

/* A frame needs `bytes` below `sp`, more than the guest's limit allows. */
void ending_stack_full(struct partition *partition, uint64_t pc, uint64_t sp,
		       uint64_t bytes);

#endif
