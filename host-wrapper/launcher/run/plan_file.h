/*
 * Writes the plan (common/plan.h) into a sealed memory file.
 */
#ifndef JUMPSLOT_PLAN_FILE_H
#define JUMPSLOT_PLAN_FILE_H

#include "filter.h"
#include "irq_lines.h"
#include "port_files.h"
#include "launcher/link/linked_guest.h"
#include "launcher/link/watched_calls.h"
#include "launcher/options/options.h"

/* The parts of a plan. */
struct plan_parts {
	const struct linked_guest *guest;
	const struct options *options;
	const struct irq_lines *lines;
	const struct port_files *ports; /* NULL: none */
	const struct watched_calls *watch;
	const struct filter *filter; /* empty without a sandbox */
	int gdb;		     /* descriptor of gdb's connection; 0: none */
};

/* Returns a descriptor that nobody can write to any more, or a negative errno. */
int plan_file_create(const struct plan_parts *parts, struct message *message);

#endif
