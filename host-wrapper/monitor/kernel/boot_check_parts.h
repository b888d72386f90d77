/*
 * The parts of boot_check(): a file for each kind of record. See boot_check.h for what
 * they may depend on.
 */
#ifndef JUMPSLOT_MONITOR_BOOT_CHECK_PARTS_H
#define JUMPSLOT_MONITOR_BOOT_CHECK_PARTS_H

#include <stdbool.h>

#include "boot_check.h"

#define NOBODY UINT32_MAX
#define GOOD   ((struct boot_problem){ 0 })

static inline struct boot_problem bad(const char *text)
{
	return (struct boot_problem){ .text = text, .partition = NOBODY };
}

static inline struct boot_problem bad_record(const char *record, uint64_t number,
					     uint64_t partition, const char *text)
{
	return (struct boot_problem){ text, record, (uint32_t)number,
				      (uint32_t)partition };
}

/* Whether [start, start + size) lies in [0, limit). */
static inline bool within(uint64_t start, uint64_t size, uint64_t limit)
{
	return start <= limit && size <= limit - start;
}

static inline bool is_name(const char *name)
{
	unsigned i;

	for (i = 0; i < BOOT_NAME && name[i]; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return i && i < BOOT_NAME;
}

static inline bool is_span(const struct boot_span *span, const struct boot_table *table,
			   uint32_t max)
{
	return span->count >= 1 && span->count <= max &&
	       within(span->first, span->count, table->count);
}

/* A partition, its regions and the ranges of its runtime. All tables are in bounds. */
struct boot_problem boot_check_partition(const struct boot_image *image, uint32_t i);

/* The schedules and their slots. All partitions are good. */
struct boot_problem boot_check_schedules(const struct boot_image *image);

/* The rules for errors. */
struct boot_problem boot_check_rules(const struct boot_image *image);

/* The channels and their ends. */
struct boot_problem boot_check_channels(const struct boot_image *image);

#endif
