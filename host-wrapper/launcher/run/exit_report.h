/*
 * What is said of a runner that ended, and the exit status that follows.
 */
#ifndef JUMPSLOT_ENDING_H
#define JUMPSLOT_ENDING_H

#include <stdio.h>

#include "launcher/link/link.h"
#include "supervise.h"

/* The guest that ended. */
struct ended_guest {
	const char *name;
	const struct image *image;
	const struct import_table *table;
	const struct link_result *result;
	struct elf_file *file; /* for its symbols */
};

/* Prints a line unless the runner exited; returns the exit status of host-wrapper. */
int ending_report(const struct ended_guest *guest, const struct ending *ending,
		  FILE *out);

#endif
