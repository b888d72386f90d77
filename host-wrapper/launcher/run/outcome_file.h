/*
 * The file that one runner reports through: an outcome, and a copy of the guest's stack.
 */
#ifndef JUMPSLOT_OUTCOME_FILE_H
#define JUMPSLOT_OUTCOME_FILE_H

#include "common/message.h"
#include "common/outcome.h"

struct outcome_file {
	int fd;			       /* -1: none */
	const struct outcome *outcome; /* mapped, read-only, with outcome_ports() */
};

/* Makes a file that nobody can change in size. Returns 0 or a negative errno. */
int outcome_file_make(struct outcome_file *file, struct message *message);

/* Reads the runner's reason for OUTCOME_REFUSED; not trusted, but ends with a NUL. */
void outcome_file_read_reason(const struct outcome_file *file, struct message *reason);

/* Does nothing if there is no file. */
void outcome_file_close(struct outcome_file *file);

#endif
