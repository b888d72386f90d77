/* The guest's memory in the virtual machine: at the same addresses as in this process. */
#ifndef JUMPSLOT_KVM_MEMORY_H
#define JUMPSLOT_KVM_MEMORY_H

#include "common/message.h"
#include "machine.h"
#include "runner/runner.h"

/*
 * Gives the machine all regions of the guest's memory, with their protection, and the
 * block of inside/. Takes the right to execute from this process: guest code runs in the
 * machine alone. Once, when the regions are complete. Returns 0 or a negative errno.
 */
int memory_give(const struct runner *runner, struct machine_tables *tables,
		struct message *message);

#endif
