/*
 * Runs a boot image in QEMU: the console is this process's standard input and output, and
 * the kernel's log tells how each partition ended. Depends on monitor_image.h.
 */
#ifndef JUMPSLOT_MONITOR_MACHINE_H
#define JUMPSLOT_MONITOR_MACHINE_H

#include <stdbool.h>

#include "common/outcome.h"
#include "monitor_image.h"

struct monitor_machine {
	const char *kernel; /* path of its file */
	const struct monitor_image *image;
	uint64_t timeout_ns;	  /* 0: none */
	bool counts_instructions; /* time advances with instructions alone */
};

/* The end of a partition, as the kernel says. */
struct monitor_end {
	bool has_ended;
	bool is_halted; /* the run ended before it, without another reason */
	int signal;	/* 0: by itself, with `status` */
	int status;
	unsigned restarts;	/* by rules of the health monitor */
	struct outcome outcome; /* of a signal */
};

/* An event of the kernel's health monitor. */
struct monitor_event {
	uint64_t time_ns; /* since the start of the kernel's clock */
	uint64_t pc, address;
	uint32_t partition;
	uint32_t error;	 /* enum boot_error */
	uint32_t action; /* enum boot_action */
	uint32_t count;	 /* of restarts or resets by this rule */
};

#define MONITOR_MAX_EVENTS 256

struct monitor_run {
	struct monitor_end ends[BOOT_MAX_PARTITIONS];
	struct monitor_event events[MONITOR_MAX_EVENTS];
	size_t event_count;
	uint64_t lost_events; /* that did not fit, here or in the kernel */
	bool timed_out;
	int signal; /* that this process got and passed on; 0: none */
};

/*
 * Starts QEMU and waits for its end. Returns 0 if all `count` partitions have ended or
 * the machine was stopped, or a negative errno.
 */
int monitor_machine_run(const struct monitor_machine *machine, size_t count,
			struct monitor_run *run, struct message *message);

#endif
