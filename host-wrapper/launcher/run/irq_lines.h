/*
 * The outer ends of the guest's interrupt lines: descriptors that were inherited, and
 * sockets that are made here and removed at the end. Who reads them is the runner.
 */
#ifndef JUMPSLOT_IRQ_LINES_H
#define JUMPSLOT_IRQ_LINES_H

#include <stddef.h>
#include <sys/types.h>

#include "launcher/options.h"

struct irq_line {
	unsigned vector;
	uint32_t kind;	  /* PLAN_LINE_* */
	int descriptor;	  /* -1: not open yet */
	const char *path; /* of the socket, or NULL */
	dev_t device;	  /* the file that it made */
	ino_t inode;
};

struct irq_lines {
	struct irq_line lines[OPTIONS_MAX_LINES];
	size_t count;
};

/*
 * Looks at the inherited descriptors: to be called before anything is opened, which could
 * get the number of one that is closed. Returns 0 or a negative errno.
 */
int irq_lines_inherit(struct irq_lines *lines, const struct options *options,
		      struct message *message);

/* Makes the sockets, for the runner to inherit. Returns 0, or a negative errno; then none
 * of them is left. */
int irq_lines_open(struct irq_lines *lines, struct message *message);

/* Removes what irq_lines_open() made. */
void irq_lines_remove(const struct irq_lines *lines);

#endif
