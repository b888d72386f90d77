/* Tables first, then contents in pages of their own. See monitor_image.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/page.h"
#include "monitor_image.h"

/* The parts of an image. */
struct source {
	const struct monitor_partition *partitions;
	size_t count;
	const struct monitor_plan *plan;
	size_t regions, ranges; /* of all partitions */
};

/* Where the next contents go. */
struct writer {
	struct monitor_image *image;
	uint64_t contents;
};

static struct source count_all(const struct monitor_partition *partitions, size_t count,
			       const struct monitor_plan *plan)
{
	struct source source = { partitions, count, plan, 0, 0 };

	for (size_t i = 0; i < count; i++) {
		source.regions += partitions[i].region_count;
		source.ranges += partitions[i].runtime->range_count;
	}
	return source;
}

static uint64_t tables_size(const struct source *source)
{
	return sizeof(struct boot_image) + source->count * sizeof(struct boot_partition) +
	       source->regions * sizeof(struct boot_region) +
	       source->ranges * sizeof(struct boot_range) +
	       source->plan->slot_count * sizeof(struct boot_slot) +
	       source->plan->schedule_count * sizeof(struct boot_schedule) +
	       source->count * sizeof(source->plan->rules[0]) +
	       source->plan->channel_count * sizeof(struct boot_channel) +
	       source->plan->end_count * sizeof(struct boot_end);
}

/* The region before region `j` of partition `i` that has the same contents, which nobody
 * writes: those of the runtime. NULL: none. `number`: of it among all regions. */
static const struct monitor_region *find_shared(const struct source *source, size_t i,
						size_t j, size_t *number)
{
	const struct monitor_region *region = &source->partitions[i].regions[j];

	*number = 0;
	if (region->record.kind != BOOT_RUNTIME || region->record.access & BOOT_WRITE)
		return NULL;
	for (size_t k = 0; k < i; k++)
		for (size_t l = 0; l < source->partitions[k].region_count;
		     l++, (*number)++)
			if (source->partitions[k].regions[l].contents == region->contents)
				return &source->partitions[k].regions[l];
	return NULL;
}

static uint64_t contents_size(const struct source *source)
{
	uint64_t size = 0;
	size_t number;

	for (size_t i = 0; i < source->count; i++) {
		const struct monitor_region *regions = source->partitions[i].regions;

		for (size_t j = 0; j < source->partitions[i].region_count; j++)
			if (!find_shared(source, i, j, &number))
				size += PAGE_END(regions[j].record.file_size);
	}
	return size;
}

static uint64_t channels_size(const struct monitor_plan *plan)
{
	uint64_t size = 0;

	for (size_t i = 0; i < plan->channel_count; i++) {
		const struct channel_shape shape = {
			.kind = plan->channels[i].kind,
			.size = plan->channels[i].size,
			.depth = plan->channels[i].depth,
		};

		size += PAGE_END(channel_memory_size(&shape));
	}
	return size;
}

/* Pages of a guest's own, and as many again as their tables take at most. Ends as soon as
 * it is too much, so the sum cannot overflow. */
static uint64_t memory_needed(const struct source *source)
{
	uint64_t size = channels_size(source->plan);

	for (size_t i = 0; i < source->count; i++)
		for (size_t j = 0; j < source->partitions[i].region_count; j++) {
			const struct boot_region *region =
				&source->partitions[i].regions[j].record;

			if (region->size > MONITOR_MEMORY || size > MONITOR_MEMORY)
				return UINT64_MAX / 2;
			size += region->access & BOOT_WRITE ? region->size : 0;
			size += region->size / 512 + (uint64_t)4 * BOOT_PAGE;
		}
	return size;
}

static void *table_at(struct monitor_image *image, const struct boot_table *table)
{
	return image->bytes + table->offset;
}

static struct boot_table next_table(uint64_t *offset, size_t count, size_t record)
{
	const struct boot_table table = { *offset, count };

	*offset += count * record;
	return count ? table : (struct boot_table){ 0, 0 };
}

static struct boot_image *write_header(struct monitor_image *image,
				       const struct source *source, uint32_t options)
{
	const struct monitor_plan *plan = source->plan;
	struct boot_image *header = (struct boot_image *)image->bytes;
	uint64_t offset = sizeof(*header);

	*header = (struct boot_image){
		.magic = BOOT_MAGIC,
		.version = BOOT_VERSION,
		.size = image->size,
		.options = options,
		.frame_ns = plan->frame_ns,
		.run_ns = plan->run_ns,
		.partitions =
			next_table(&offset, source->count, sizeof(struct boot_partition)),
		.regions =
			next_table(&offset, source->regions, sizeof(struct boot_region)),
		.ranges = next_table(&offset, source->ranges, sizeof(struct boot_range)),
		.slots = next_table(&offset, plan->slot_count, sizeof(struct boot_slot)),
		.schedules = next_table(&offset, plan->schedule_count,
					sizeof(struct boot_schedule)),
		.rules = next_table(&offset, source->count * BOOT_ERRORS,
				    sizeof(struct boot_rule)),
		.channels = next_table(&offset, plan->channel_count,
				       sizeof(struct boot_channel)),
		.ends = next_table(&offset, plan->end_count, sizeof(struct boot_end)),
	};
	memcpy(table_at(image, &header->channels), plan->channels,
	       plan->channel_count * sizeof(struct boot_channel));
	memcpy(table_at(image, &header->ends), plan->ends,
	       plan->end_count * sizeof(struct boot_end));
	memcpy(table_at(image, &header->slots), plan->slots,
	       plan->slot_count * sizeof(struct boot_slot));
	memcpy(table_at(image, &header->schedules), plan->schedules,
	       plan->schedule_count * sizeof(struct boot_schedule));
	memcpy(table_at(image, &header->rules), plan->rules,
	       source->count * sizeof(plan->rules[0]));
	return header;
}

/* `all`: the records of all regions. */
static void write_region(struct writer *writer, const struct source *source,
			 struct boot_region *all, struct boot_region *to, size_t i,
			 size_t j)
{
	const struct monitor_region *region = &source->partitions[i].regions[j];
	size_t number;

	*to = region->record;
	if (!to->file_size)
		return;
	if (find_shared(source, i, j, &number)) {
		to->offset = all[number].offset;
		return;
	}
	to->offset = writer->contents;
	memcpy(writer->image->bytes + to->offset, region->contents, to->file_size);
	writer->contents += PAGE_END(to->file_size);
}

static void write_partition(struct writer *writer, const struct source *source, size_t i,
			    struct boot_image *header, struct boot_span *next)
{
	const struct monitor_partition *partition = &source->partitions[i];
	struct boot_partition *to =
		(struct boot_partition *)table_at(writer->image, &header->partitions) + i;
	struct boot_region *regions = table_at(writer->image, &header->regions);
	struct boot_range *ranges = table_at(writer->image, &header->ranges);

	*to = partition->record;
	to->regions =
		(struct boot_span){ next->first, (uint32_t)partition->region_count };
	to->ranges = (struct boot_span){ next->count, partition->runtime->range_count };
	for (size_t j = 0; j < partition->region_count; j++)
		write_region(writer, source, regions, &regions[next->first + j], i, j);
	memcpy(ranges + next->count, partition->runtime->ranges,
	       partition->runtime->range_count * sizeof(*ranges));
	next->first += to->regions.count;
	next->count += to->ranges.count;
}

static void write_all(struct monitor_image *image, const struct source *source,
		      uint32_t options)
{
	struct boot_image *header = write_header(image, source, options);
	struct writer writer = { image, PAGE_END(tables_size(source)) };
	struct boot_span next = { 0, 0 }; /* the next region, and the next range */

	for (size_t i = 0; i < source->count; i++)
		write_partition(&writer, source, i, header, &next);
	header->hash =
		boot_hash(image->bytes + BOOT_HASH_FROM, image->size - BOOT_HASH_FROM);
}

static int check_memory(const struct source *source, struct message *message)
{
	const uint64_t size =
		tables_size(source) + contents_size(source) + memory_needed(source);

	if (size <= MONITOR_MEMORY)
		return 0;
	return fail(message, ENOMEM,
		    "too large for a machine of the monitor (expected at most %u MiB for "
		    "its image, --stack and --work-area)",
		    (unsigned)(MONITOR_MEMORY >> 20));
}

int monitor_image_make(struct monitor_image *image,
		       const struct monitor_partition *partitions, size_t count,
		       const struct monitor_plan *plan, uint32_t options,
		       struct message *message)
{
	const struct source source = count_all(partitions, count, plan);

	*image = (struct monitor_image){ 0 };
	if (check_memory(&source, message))
		return -ENOMEM;
	*image = (struct monitor_image){
		.size = PAGE_END(tables_size(&source)) + contents_size(&source),
		.memory = memory_needed(&source),
	};
	image->bytes = calloc(1, image->size);
	if (!image->bytes)
		return fail(message, ENOMEM, "no memory for an image of %zu bytes",
			    image->size);
	write_all(image, &source, options);
	return 0;
}

void monitor_image_free(struct monitor_image *image)
{
	free(image->bytes);
	image->bytes = NULL;
}

int monitor_image_write(const struct monitor_image *image, int fd,
			struct message *message)
{
	size_t done = 0;

	while (done < image->size) {
		ssize_t count = write(fd, image->bytes + done, image->size - done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return fail(message, errno, "%s", strerror(errno));
		done += (size_t)count;
	}
	return 0;
}
