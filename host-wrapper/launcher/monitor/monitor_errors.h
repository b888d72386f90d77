/*
 * The guests' stream of errors, on its way from a pipe to standard error. A reader of
 * standard error that is slow, or none, holds up the guest and never this process.
 * Depends on nothing.
 */
#ifndef JUMPSLOT_MONITOR_ERRORS_H
#define JUMPSLOT_MONITOR_ERRORS_H

#include <stdbool.h>
#include <stddef.h>

struct monitor_errors {
	int to;		   /* standard error, or a description of it that never blocks */
	size_t start, end; /* of the bytes that are not written yet */
	char bytes[4096];
};

void monitor_errors_open(struct monitor_errors *errors);
void monitor_errors_close(const struct monitor_errors *errors);

/* Bytes that wait for standard error. Until they are written, nothing is read. */
static inline bool monitor_errors_wait(const struct monitor_errors *errors)
{
	return errors->start < errors->end;
}

/* Reads once, without waiting. Returns false at the end of the pipe. */
bool monitor_errors_read(struct monitor_errors *errors, int from);

/* Writes what standard error takes now. Drops the bytes if it takes none anymore. */
void monitor_errors_write(struct monitor_errors *errors);

void monitor_errors_drop(struct monitor_errors *errors);

#endif
