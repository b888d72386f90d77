/*
 * The boot image of the monitor. An input is the tables of an image: the target adds
 * pages of contents, the size and the hash, so that mutations reach the checks after
 * these. The kernel refuses it with a reason, or everything that it reads without another
 * look lies within it.
 */
#include <stdlib.h>
#include <string.h>

#include "common/page.h"
#include "fuzz.h"
#include "monitor/kernel/boot_check.h"

#define MAX_TABLES     ((size_t)1 << 16)
#define CONTENTS_PAGES 24

static volatile uint64_t sink;

static void read_partition(const struct boot_image *image, uint32_t index)
{
	const struct boot_partition *partition = &boot_partitions(image)[index];
	const struct boot_region *regions =
		boot_regions(image) + partition->regions.first;
	const struct boot_range *ranges = boot_ranges(image) + partition->ranges.first;

	sink += strlen(partition->name);
	for (uint32_t i = 0; i < partition->regions.count; i++) {
		const char *contents = boot_at(image, regions[i].offset);
		const uint64_t size = regions[i].file_size;

		if (regions[i].address + regions[i].size < regions[i].address)
			abort();
		sink += size ? (uint64_t)contents[0] + (uint64_t)contents[size - 1] : 0;
	}
	for (uint32_t i = 0; i < partition->ranges.count; i++)
		sink += ranges[i].end - ranges[i].start;
}

static void read_ends(const struct boot_image *image)
{
	for (uint32_t i = 0; i < image->ends.count; i++) {
		const struct boot_end *end = &boot_ends(image)[i];

		if (end->partition >= image->partitions.count ||
		    end->channel >= image->channels.count)
			abort();
		sink += strlen(end->port) + boot_channels(image)[end->channel].size;
	}
}

static void read_all(const struct boot_image *image)
{
	read_ends(image);
	for (uint32_t i = 0; i < image->partitions.count; i++)
		read_partition(image, i);
	for (uint32_t i = 0; i < image->slots.count; i++)
		if (boot_slots(image)[i].partition >= image->partitions.count)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t tables = PAGE_END(size ? size : 1);
	const size_t whole = tables + CONTENTS_PAGES * PAGE;
	struct boot_problem problem;
	struct boot_image *image;

	if (size > MAX_TABLES)
		return 0;
	image = aligned_alloc(PAGE, whole);
	if (!image)
		abort();
	memset(image, 0, whole);
	memcpy(image, data, size);
	image->size = whole;
	image->hash =
		boot_hash((const char *)image + BOOT_HASH_FROM, whole - BOOT_HASH_FROM);
	problem = boot_check(image, whole);
	if (!problem.text)
		read_all(image);
	else if (!problem.text[0])
		abort();
	free(image);
	return 0;
}
