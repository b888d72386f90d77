/* The header, the tables, and what records of several partitions have to do with each
 * other. See boot_check.h. */
#include "boot_check.h"
#include "boot_check_parts.h"

static bool is_table(const struct boot_image *image, const struct boot_table *table,
		     uint64_t record, uint64_t max)
{
	return table->offset >= sizeof(*image) && table->offset % 8 == 0 &&
	       table->count >= 1 && table->count <= max &&
	       within(table->offset, table->count * record, image->size);
}

static struct boot_problem check_header(const struct boot_image *image, size_t size)
{
	if (size < sizeof(*image) || image->magic != BOOT_MAGIC)
		return bad("not a boot image");
	if (image->version != BOOT_VERSION)
		return bad("of another version than this kernel");
	if (image->size != size || size % 8)
		return bad("cut short, or too long");
	if (boot_hash((const char *)image + BOOT_HASH_FROM, size - BOOT_HASH_FROM) !=
	    image->hash)
		return bad("damaged: its hash is wrong");
	if (image->options & ~(uint32_t)BOOT_OPTIONS || image->reserved)
		return bad("unknown options");
	return GOOD;
}

/* A table that may be empty. */
static bool is_optional(const struct boot_image *image, const struct boot_table *table,
			uint64_t record, uint64_t max)
{
	return (!table->offset && !table->count) || is_table(image, table, record, max);
}

static struct boot_problem check_tables(const struct boot_image *image)
{
	const uint64_t parts = BOOT_MAX_PARTITIONS;

	if (!is_table(image, &image->partitions, sizeof(struct boot_partition), parts))
		return bad("the table of partitions is out of bounds");
	if (!is_table(image, &image->regions, sizeof(struct boot_region),
		      parts * BOOT_MAX_REGIONS))
		return bad("the table of regions is out of bounds");
	if (!is_table(image, &image->ranges, sizeof(struct boot_range),
		      parts * BOOT_MAX_RANGES))
		return bad("the table of ranges is out of bounds");
	if (!is_table(image, &image->slots, sizeof(struct boot_slot), BOOT_MAX_SLOTS))
		return bad("the table of slots is out of bounds");
	if (!is_table(image, &image->schedules, sizeof(struct boot_schedule),
		      BOOT_MAX_SCHEDULES))
		return bad("the table of schedules is out of bounds");
	if (!is_table(image, &image->rules, sizeof(struct boot_rule),
		      parts * BOOT_ERRORS) ||
	    image->rules.count != image->partitions.count * BOOT_ERRORS)
		return bad("the table of rules is out of bounds");
	if (!is_optional(image, &image->channels, sizeof(struct boot_channel),
			 BOOT_MAX_CHANNELS))
		return bad("the table of channels is out of bounds");
	if (!is_optional(image, &image->ends, sizeof(struct boot_end), BOOT_MAX_ENDS))
		return bad("the table of ends is out of bounds");
	return GOOD;
}

/* Every record of a table belongs to one partition, in order. */
static bool spans_follow(const struct boot_image *image)
{
	uint64_t regions = 0, ranges = 0;

	for (uint32_t i = 0; i < image->partitions.count; i++) {
		const struct boot_partition *partition = &boot_partitions(image)[i];

		if (partition->regions.first != regions ||
		    partition->ranges.first != ranges)
			return false;
		regions += partition->regions.count;
		ranges += partition->ranges.count;
	}
	return regions == image->regions.count && ranges == image->ranges.count;
}

/* Read-only contents of the runtime may be shared: no guest's data is in them. */
static bool may_share(const struct boot_region *a, const struct boot_region *b)
{
	return a->kind == BOOT_RUNTIME && b->kind == BOOT_RUNTIME &&
	       a->offset == b->offset && a->file_size == b->file_size;
}

static bool contents_overlap(const struct boot_region *a, const struct boot_region *b)
{
	return a->file_size && b->file_size && a->offset < b->offset + b->file_size &&
	       b->offset < a->offset + a->file_size && !may_share(a, b);
}

/* Contents are whole pages, so those of two regions are on different pages. */
static struct boot_problem check_sharing(const struct boot_image *image)
{
	const struct boot_region *regions = boot_regions(image);

	for (uint64_t i = 0; i < image->regions.count; i++)
		for (uint64_t j = 0; j < i; j++)
			if (contents_overlap(&regions[i], &regions[j]))
				return bad_record("region", i, NOBODY,
						  "shares contents with another one");
	return GOOD;
}

struct boot_problem boot_check(const void *bytes, size_t size)
{
	const struct boot_image *image = (const struct boot_image *)bytes;
	struct boot_problem problem = check_header(image, size);

	if (!problem.text)
		problem = check_tables(image);
	for (uint32_t i = 0; !problem.text && i < image->partitions.count; i++)
		problem = boot_check_partition(image, i);
	if (!problem.text && !spans_follow(image))
		problem = bad("records belong to no partition");
	if (!problem.text)
		problem = check_sharing(image);
	if (!problem.text)
		problem = boot_check_schedules(image);
	if (!problem.text)
		problem = boot_check_rules(image);
	return problem.text ? problem : boot_check_channels(image);
}
