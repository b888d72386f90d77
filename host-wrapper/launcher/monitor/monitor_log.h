/*
 * The lines of the kernel's log, read as they come. They are checked like any input.
 * Depends on monitor_machine.h for the result alone.
 */
#ifndef JUMPSLOT_MONITOR_LOG_H
#define JUMPSLOT_MONITOR_LOG_H

#include "monitor_machine.h"

/* The longest line: an end, with an outcome in hexadecimal. */
#define MONITOR_LOG_LINE 1024

struct monitor_log {
	char line[MONITOR_LOG_LINE];
	size_t length;
	bool is_done;		/* all partitions have ended */
	struct message refusal; /* the kernel's reason; empty: none */
	bool is_damaged;	/* a line was not of the kernel */
};

/* Takes bytes of the log, and enters what they tell about `count` partitions. */
void monitor_log_take(struct monitor_log *log, const char *bytes, size_t size,
		      struct monitor_run *run, size_t count);

#endif
