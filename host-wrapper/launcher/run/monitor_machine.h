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
	int signal; /* 0: by itself, with `status` */
	int status;
	struct outcome outcome; /* of a signal */
};

struct monitor_run {
	struct monitor_end ends[BOOT_MAX_PARTITIONS];
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
