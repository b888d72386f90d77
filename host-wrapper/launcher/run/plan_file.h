/*
 * Writes the plan (common/plan.h) into a sealed memory file.
 */
#ifndef JUMPSLOT_PLAN_FILE_H
#define JUMPSLOT_PLAN_FILE_H

#include "filter.h"
#include "irq_lines.h"
#include "launcher/link/linked_guest.h"
#include "launcher/link/watched_calls.h"
#include "launcher/options.h"

/* Returns a descriptor that nobody can write to any more, or a negative errno. `filter`
 * is empty if there is no sandbox. `gdb`: the descriptor of gdb's connection, 0: none. */
int plan_file_create(const struct linked_guest *guest, const struct options *options,
		     const struct irq_lines *lines, const struct watched_calls *watch,
		     const struct filter *filter, int gdb, struct message *message);

#endif
