/*
 * A partition: a guest with its memory, registers and clock. The files that the comments
 * name change its fields; everything else reads them.
 */
#ifndef JUMPSLOT_MONITOR_PARTITION_H
#define JUMPSLOT_MONITOR_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include <jumpslot/abi/fault.h>
#include <jumpslot/abi/vcpu.h>
#include "boot_view.h"
#include "trap.h"
#include "xstate.h"

enum partition_phase {
	PARTITION_STARTING, /* its memory is written, page by page */
	PARTITION_RUNNING,
	PARTITION_ENDED,
};

/* A region of guest memory: one row of physical pages. */
struct partition_region {
	uint64_t start, end;
	uint64_t physical;
	const struct boot_region *record;
	bool is_own; /* a copy; otherwise the pages of the boot image */
};

/* An exception in the words of other hosts. */
struct guest_cause {
	uint32_t kind; /* JUMPSLOT_FAULT_* */
	int signal;
	int code;
	uint64_t address;    /* that was accessed */
	uint32_t privileged; /* number of the instruction, or PRIVILEGED_NONE */
};

struct partition {
	struct trap_frame registers; /* first: traps push here */
	struct xstate xstate;	     /* while another partition runs */
	const struct boot_image *image;
	const struct boot_partition *record;
	const struct boot_range *ranges;
	uint32_t number;
	bool is_64_bit;
	enum partition_phase phase;

	/* schedule.c: a trap for which the last slot had no more time */
	bool has_trap;
	uint64_t trap_address;

	/* guest_memory.c */
	uint64_t root; /* of its page tables */
	struct partition_region regions[BOOT_MAX_REGIONS];
	uint32_t region_count;
	struct partition_region *stack, *fault_stack;
	uint64_t code_start, code_end; /* all code but the runtime's is between these */
	volatile struct jumpslot_vcpu_state *state; /* in the window; NULL: none */

	/* health.c */
	uint32_t restarts; /* by its rules */

	/* restart.c */
	uint32_t next_region; /* that is to be written */
	uint64_t next_page;
	bool keeps_work_area;

	/* guest_clock.c */
	uint64_t started_ns;
	bool has_clock;
	bool clock_is_set;
	uint64_t clock_next_ns; /* on the guest's clock */
	uint64_t clock_period_ns;

	/* console.c */
	bool watches_console;

	/* calls.c */
	bool waits;
	uint64_t deadline_ns; /* on the guest's clock */
	bool waits_for_port;  /* then a change of `port` ends the wait, too */
	uint32_t port;

	/* faults.c */
	uint64_t fault_handler;
	struct guest_cause cause;    /* of the last fault */
	struct jumpslot_fault found; /* its registers */
	struct jumpslot_fault left;  /* as the handler left it */
	unsigned retries;
	uint64_t stack_limit; /* of the interrupted stack */
	struct xstate fault_xstate;
};

/* The size of a word of the guest. */
static inline uint64_t partition_word(const struct partition *partition)
{
	return partition->is_64_bit ? 8 : 4;
}

/* The range of that kind that `pc` lies in, or NULL. */
const struct boot_range *partition_range(const struct partition *partition, uint32_t kind,
					 uint64_t pc);

#endif
