/*
 * The outer ends of the guest's interrupt lines: descriptors that were inherited, and
 * sockets that are made here and removed at the end. Who reads them is the runner.
 */
#ifndef JUMPSLOT_LINES_H
#define JUMPSLOT_LINES_H

#include <stddef.h>
#include <sys/types.h>

#include "launcher/options.h"

struct line {
	unsigned vector;
	uint32_t kind;	  /* PLAN_LINE_* */
	int descriptor;	  /* -1: not open yet */
	const char *path; /* of the socket, or NULL */
	dev_t device;	  /* the file that it made */
	ino_t inode;
};

struct lines {
	struct line lines[OPTIONS_MAX_LINES];
	size_t count;
};

/*
 * Looks at the inherited descriptors: to be called before anything is opened, which could
 * get the number of one that is closed. Returns 0 or a negative errno.
 */
int lines_inherit(struct lines *lines, const struct options *options,
		  struct message *message);

/* Makes the sockets, for the runner to inherit. Returns 0, or a negative errno; then none
 * of them is left. */
int lines_open(struct lines *lines, struct message *message);

/* Removes what lines_open() made. */
void lines_remove(const struct lines *lines);

#endif
