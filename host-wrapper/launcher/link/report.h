/*
 * The link report: each import, who provides it, and all that is wrong.
 */
#ifndef JUMPSLOT_REPORT_H
#define JUMPSLOT_REPORT_H

#include <stdio.h>

#include "link.h"

/* All that a report speaks of. */
struct report {
	const char *guest; /* its name as given */
	const char *machine;
	const struct import_table *table;
	const struct link_result *result;
	const struct provider_file *providers;
	size_t provider_count;
};

/* The whole table, a line an import. */
void report_table(const struct report *report, FILE *out);

/* The same as one JSON object (docs/host-wrapper.md). */
void report_json(const struct report *report, FILE *out);

/* What is wrong, a line each, mistyped optional imports included; nothing if all is
 * well. */
void report_problems(const struct report *report, FILE *out);

#endif
