/*
 * Writing the plan (common/plan.h) into a sealed memory file.
 */
#ifndef JUMPSLOT_PLAN_FILE_H
#define JUMPSLOT_PLAN_FILE_H

#include "irq_lines.h"
#include "launcher/link/link.h"
#include "launcher/options.h"

/* All that a plan is made of. */
struct plan_source {
	const struct options *options;
	const struct elf_file *file;
	const struct image *image;
	const struct import_table *table;
	const struct link_result *result;
	const struct provider_file *providers; /* the last one: the runner itself */
	size_t provider_count;
	const struct lines *lines;
};

/* Returns a descriptor that nobody can write to any more, or a negative errno. */
int plan_file_create(const struct plan_source *source, struct message *message);

#endif
