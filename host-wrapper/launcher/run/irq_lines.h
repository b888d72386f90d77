/*
 * The outer ends of the guest's interrupt lines: inherited descriptors, and sockets that
 * the launcher makes and removes at the end. The runner reads from them.
 */
#ifndef JUMPSLOT_IRQ_LINES_H
#define JUMPSLOT_IRQ_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "launcher/options/options.h"
#include "socket_file.h"

struct irq_line {
	unsigned vector;
	uint32_t kind;	  /* PLAN_LINE_* */
	int descriptor;	  /* -1: not open yet */
	const char *path; /* of the socket, or NULL */
	struct socket_file file;
};

struct irq_lines {
	struct irq_line lines[OPTIONS_MAX_LINES + 1]; /* and the control */
	size_t count;
};

/*
 * Checks the inherited descriptors. Call it before opening any file, which could get the
 * number of a closed descriptor. Returns 0 or a negative errno.
 */
int irq_lines_inherit(struct irq_lines *lines, const struct options *options,
		      struct message *message);

/* Closes all descriptors that were inherited, except the standard ones and those of
 * lines. Returns 0 or a negative errno. */
int irq_lines_close_others(const struct irq_lines *lines, struct message *message);

/* Makes the sockets, for the runner to inherit. Returns 0, or a negative errno and
 * removes them all. */
int irq_lines_open(struct irq_lines *lines, struct message *message);

/* Whether irq_lines_open() made a socket. */
bool irq_lines_have_files(const struct irq_lines *lines);

/* Removes the sockets' files, once, and while the sockets are open: after that, another
 * file may have the same name and the same inode number. */
void irq_lines_remove(struct irq_lines *lines);

#endif
