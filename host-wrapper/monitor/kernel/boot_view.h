/* Records of a boot image that boot_check() has found good. */
#ifndef JUMPSLOT_MONITOR_BOOT_VIEW_H
#define JUMPSLOT_MONITOR_BOOT_VIEW_H

#include "common/boot_image.h"

static inline const void *boot_at(const struct boot_image *image, uint64_t offset)
{
	return (const char *)image + offset;
}

static inline const struct boot_partition *boot_partitions(const struct boot_image *image)
{
	return (const struct boot_partition *)boot_at(image, image->partitions.offset);
}

static inline const struct boot_region *boot_regions(const struct boot_image *image)
{
	return (const struct boot_region *)boot_at(image, image->regions.offset);
}

static inline const struct boot_range *boot_ranges(const struct boot_image *image)
{
	return (const struct boot_range *)boot_at(image, image->ranges.offset);
}

static inline const struct boot_slot *boot_slots(const struct boot_image *image)
{
	return (const struct boot_slot *)boot_at(image, image->slots.offset);
}

static inline const struct boot_schedule *boot_schedules(const struct boot_image *image)
{
	return (const struct boot_schedule *)boot_at(image, image->schedules.offset);
}

static inline const struct boot_channel *boot_channels(const struct boot_image *image)
{
	return (const struct boot_channel *)boot_at(image, image->channels.offset);
}

static inline const struct boot_end *boot_ends(const struct boot_image *image)
{
	return (const struct boot_end *)boot_at(image, image->ends.offset);
}

/* The rule of a partition for an error. */
static inline const struct boot_rule *boot_rule(const struct boot_image *image,
						uint32_t partition, enum boot_error error)
{
	return (const struct boot_rule *)boot_at(image, image->rules.offset) +
	       partition * BOOT_ERRORS + error;
}

#endif
