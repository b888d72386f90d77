/* Every record in turn: tables, partitions, their memory, the schedule. See boot_check.h.
 */
#include <stdbool.h>

#include "boot_check.h"
#include "common/channel.h"
#include "common/code_table_x86.h"

#define NOBODY UINT32_MAX
#define GOOD   ((struct boot_problem){ 0 })

/* Bytes that the kernel accesses of the runtime's struct vcpu, at most. */
#define VCPU_BYTES 128u

static struct boot_problem bad(const char *text)
{
	return (struct boot_problem){ .text = text, .partition = NOBODY };
}

static struct boot_problem bad_record(const char *record, uint64_t number,
				      uint64_t partition, const char *text)
{
	return (struct boot_problem){ text, record, (uint32_t)number,
				      (uint32_t)partition };
}

/* Whether [start, start + size) lies in [0, limit). */
static bool within(uint64_t start, uint64_t size, uint64_t limit)
{
	return start <= limit && size <= limit - start;
}

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

/* Where contents may begin: after all tables, so that no guest sees these. */
static uint64_t contents_start(const struct boot_image *image)
{
	const uint64_t ends[] = {
		image->partitions.offset +
			image->partitions.count * sizeof(struct boot_partition),
		image->regions.offset + image->regions.count * sizeof(struct boot_region),
		image->ranges.offset + image->ranges.count * sizeof(struct boot_range),
		image->slots.offset + image->slots.count * sizeof(struct boot_slot),
		image->schedules.offset +
			image->schedules.count * sizeof(struct boot_schedule),
		image->rules.offset + image->rules.count * sizeof(struct boot_rule),
		image->channels.offset +
			image->channels.count * sizeof(struct boot_channel),
		image->ends.offset + image->ends.count * sizeof(struct boot_end),
	};
	uint64_t end = 0;

	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		end = ends[i] > end ? ends[i] : end;
	return end;
}

/* A partition whose records are checked. */
struct subject {
	const struct boot_image *image;
	const struct boot_partition *partition;
	uint32_t number;
	uint64_t limit; /* of addresses */
	const struct boot_region *regions;
	const struct boot_range *ranges;
};

static bool is_name(const char *name)
{
	unsigned i;

	for (i = 0; i < BOOT_NAME && name[i]; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return i && i < BOOT_NAME;
}

static bool is_span(const struct boot_span *span, const struct boot_table *table,
		    uint32_t max)
{
	return span->count >= 1 && span->count <= max &&
	       within(span->first, span->count, table->count);
}

static const char *region_contents(const struct subject *subject,
				   const struct boot_region *region)
{
	const uint64_t whole_pages = (region->file_size + BOOT_PAGE - 1) / BOOT_PAGE;

	if (region->file_size > region->size)
		return "its contents are larger than itself";
	if (!(region->access & BOOT_WRITE) && region->file_size != region->size)
		return "read-only, and without contents of its size";
	if (!region->file_size)
		return region->offset ? "no contents, but an offset" : NULL;
	if (region->offset % BOOT_PAGE || region->offset < contents_start(subject->image))
		return "its contents are not in pages of their own";
	if (!within(region->offset, whole_pages * BOOT_PAGE, subject->image->size))
		return "its contents are out of bounds";
	return NULL;
}

static const char *region_place(const struct subject *subject,
				const struct boot_region *region, uint64_t after)
{
	if (region->address % BOOT_PAGE || region->size % BOOT_PAGE || !region->size)
		return "not whole pages";
	if (region->address < BOOT_FIRST ||
	    !within(region->address, region->size, subject->limit))
		return "outside of the addresses for guests";
	if (region->address < after)
		return "overlaps the one before it, or comes too late";
	return NULL;
}

static const char *region_access(const struct boot_region *region)
{
	const uint32_t known = BOOT_READ | BOOT_WRITE | BOOT_EXECUTE;

	if (!(region->access & BOOT_READ) || region->access & ~known ||
	    (region->access & BOOT_WRITE && region->access & BOOT_EXECUTE))
		return "unknown access, or both writable and executable";
	if (region->kind >= BOOT_REGION_KINDS)
		return "of an unknown kind";
	if (region->kind >= BOOT_STACK && region->access != (BOOT_READ | BOOT_WRITE))
		return "a stack or work area that is not readable and writable alone";
	return NULL;
}

static struct boot_problem check_regions(const struct subject *subject)
{
	uint64_t after = 0;

	for (uint32_t i = 0; i < subject->partition->regions.count; i++) {
		const struct boot_region *region = &subject->regions[i];
		const char *problem = region_place(subject, region, after);

		if (!problem)
			problem = region_access(region);
		if (!problem)
			problem = region_contents(subject, region);
		if (problem)
			return bad_record("region", i, subject->number, problem);
		after = region->address + region->size;
	}
	return GOOD;
}

static bool one_of_kind(const struct subject *subject, uint32_t kind)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < subject->partition->regions.count; i++)
		count += subject->regions[i].kind == kind;
	return count == 1;
}

/* Whether one region has all of these bytes with that access. `kind` is BOOT_RUNTIME, or
 * anything else for every other kind. */
static bool has(const struct subject *subject, uint64_t address, uint64_t size,
		uint32_t access, uint32_t kind)
{
	for (uint32_t i = 0; i < subject->partition->regions.count; i++) {
		const struct boot_region *region = &subject->regions[i];

		if ((region->kind == BOOT_RUNTIME) == (kind == BOOT_RUNTIME) &&
		    (region->access & access) == access && address >= region->address &&
		    within(address - region->address, size, region->size))
			return true;
	}
	return false;
}

static bool is_runtime_code(const struct subject *subject, uint64_t address,
			    uint64_t size)
{
	return has(subject, address, size, BOOT_EXECUTE, BOOT_RUNTIME);
}

static bool is_field(uint32_t offset)
{
	return offset % 4 == 0 && offset <= VCPU_BYTES - 8;
}

/* Bytes from the first monitor call to the end of the last; checked in the kernel's file
 * of calls against monitor/calls.h. */
#define CALLS_BYTES 176u

static struct boot_problem check_runtime(const struct subject *subject)
{
	const struct boot_runtime *runtime = &subject->partition->runtime;

	if (!is_runtime_code(subject, runtime->calls, CALLS_BYTES) ||
	    !is_runtime_code(subject, runtime->upcall, 1) ||
	    !is_runtime_code(subject, runtime->resume, 1) ||
	    !is_runtime_code(subject, runtime->fault_call, 1))
		return bad_record("partition", subject->number, NOBODY,
				  "an address of its runtime is not code of the runtime");
	if (runtime->vcpu % 8 ||
	    !has(subject, runtime->vcpu, VCPU_BYTES, BOOT_WRITE, BOOT_RUNTIME) ||
	    !is_field(runtime->handler) || !is_field(runtime->resuming) ||
	    !is_field(runtime->waiting) || !is_field(runtime->delivered) ||
	    !is_field(runtime->used) || runtime->reserved)
		return bad_record("partition", subject->number, NOBODY,
				  "the variables of its runtime are out of bounds");
	return GOOD;
}

static bool is_range_kind(uint32_t kind)
{
	return kind == CODE_RETURNING || kind == CODE_SLEEP || kind == CODE_RETURNED ||
	       kind == BOOT_RANGE_STOP;
}

static struct boot_problem check_ranges(const struct subject *subject)
{
	for (uint32_t i = 0; i < subject->partition->ranges.count; i++) {
		const struct boot_range *range = &subject->ranges[i];

		if (!is_range_kind(range->kind) || range->end <= range->start ||
		    !is_runtime_code(subject, range->start, range->end - range->start))
			return bad_record("range", i, subject->number,
					  "not a range of the runtime's code");
	}
	return GOOD;
}

static const char *partition_addresses(const struct subject *subject)
{
	const struct boot_partition *partition = subject->partition;
	const bool is_i386 = partition->machine == BOOT_I386;

	if (!has(subject, partition->entry, 1, BOOT_EXECUTE, BOOT_SEGMENT))
		return "its entry is not in its code";
	if (!has(subject, partition->start_info, 8, BOOT_READ, BOOT_SEGMENT) ||
	    is_i386 != (partition->multiboot != 0) ||
	    (is_i386 && !has(subject, partition->multiboot, 8, BOOT_READ, BOOT_SEGMENT)))
		return "its start information is not in its memory";
	if (partition->vcpu_state % BOOT_PAGE ||
	    (partition->vcpu_state &&
	     !has(subject, partition->vcpu_state, BOOT_PAGE, BOOT_WRITE, BOOT_SEGMENT)))
		return "the state of its virtual CPU is not a writable page";
	if (!one_of_kind(subject, BOOT_STACK) || !one_of_kind(subject, BOOT_FAULT_STACK))
		return "it has not one stack and one stack for faults";
	return NULL;
}

static struct boot_problem check_partition(const struct boot_image *image, uint32_t i)
{
	const struct boot_partition *partition = &boot_partitions(image)[i];
	const bool is_i386 = partition->machine == BOOT_I386;
	struct subject subject = { image,
				   partition,
				   i,
				   is_i386 ? BOOT_LIMIT_I386 : BOOT_LIMIT_X86_64,
				   boot_regions(image) + partition->regions.first,
				   boot_ranges(image) + partition->ranges.first };
	struct boot_problem problem;
	const char *text;

	if (!is_name(partition->name))
		return bad_record("partition", i, NOBODY, "not a name");
	if ((!is_i386 && partition->machine != BOOT_X86_64) ||
	    partition->options & ~(uint32_t)BOOT_PARTITION_OPTIONS)
		return bad_record("partition", i, NOBODY,
				  "for an unknown machine, or with unknown options");
	if (!is_span(&partition->regions, &image->regions, BOOT_MAX_REGIONS) ||
	    !is_span(&partition->ranges, &image->ranges, BOOT_MAX_RANGES))
		return bad_record("partition", i, NOBODY,
				  "its records are out of bounds");
	problem = check_regions(&subject);
	if (problem.text)
		return problem;
	text = partition_addresses(&subject);
	if (text)
		return bad_record("partition", i, NOBODY, text);
	problem = check_runtime(&subject);
	return problem.text ? problem : check_ranges(&subject);
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

/* `seen`: gets a bit for each partition that has a slot. */
static struct boot_problem check_slots(const struct boot_image *image,
				       const struct boot_span *span, uint32_t *seen)
{
	uint64_t end = 0;

	for (uint64_t i = span->first; i < (uint64_t)span->first + span->count; i++) {
		const struct boot_slot *slot = &boot_slots(image)[i];

		if (slot->partition >= image->partitions.count || slot->reserved)
			return bad_record("slot", i, NOBODY, "of no partition");
		if (slot->start_ns < end || slot->length_ns < BOOT_MIN_SLOT_NS ||
		    !within(slot->start_ns, slot->length_ns, image->frame_ns))
			return bad_record("slot", i, NOBODY,
					  "too short, not in the frame, or overlaps the "
					  "one before it");
		end = slot->start_ns + slot->length_ns;
		*seen |= 1u << slot->partition;
	}
	return GOOD;
}

static struct boot_problem check_schedules(const struct boot_image *image)
{
	uint64_t next = 0;
	uint32_t seen = 0;

	if (!image->frame_ns || image->frame_ns > BOOT_MAX_FRAME_NS)
		return bad("its frame has no valid length");
	if (!image->run_ns || image->run_ns > BOOT_MAX_RUN_NS)
		return bad("its run has no valid length");
	for (uint64_t i = 0; i < image->schedules.count; i++) {
		const struct boot_schedule *schedule = &boot_schedules(image)[i];
		struct boot_problem problem;

		if (!is_name(schedule->name) || schedule->slots.first != next ||
		    !is_span(&schedule->slots, &image->slots, BOOT_MAX_SLOTS))
			return bad_record("schedule", i, NOBODY,
					  "its name or its slots are not valid");
		problem = check_slots(image, &schedule->slots, &seen);
		if (problem.text)
			return problem;
		next += schedule->slots.count;
	}
	if (next != image->slots.count)
		return bad("a slot belongs to no schedule");
	return seen == (1u << image->partitions.count) - 1
		       ? GOOD
		       : bad("a partition has no slot");
}

static bool is_restart(uint32_t action)
{
	return action == BOOT_RESTART_COLD || action == BOOT_RESTART_WARM;
}

static bool is_rule(const struct boot_rule *rule, uint64_t error)
{
	if (rule->action >= BOOT_ACTIONS || rule->reserved ||
	    rule->restarts > BOOT_MAX_RESTARTS)
		return false;
	if (rule->action == BOOT_LOG && error != BOOT_ERROR_PORT)
		return false;
	if (rule->action == BOOT_GUEST && error >= BOOT_ERROR_MISSING)
		return false;
	return rule->then == BOOT_STOP || rule->then == BOOT_HALT ||
	       rule->then == BOOT_RESET ||
	       (rule->action == BOOT_GUEST && is_restart(rule->then));
}

static struct boot_problem check_rules(const struct boot_image *image)
{
	for (uint64_t i = 0; i < image->rules.count; i++)
		if (!is_rule(boot_rule(image, 0, BOOT_ERROR_FAULT) + i, i % BOOT_ERRORS))
			return bad_record("rule", i, NOBODY, "not a valid action");
	return GOOD;
}

static bool is_channel(const struct boot_channel *channel)
{
	const struct channel_shape shape = {
		.kind = channel->kind,
		.size = channel->size,
		.depth = channel->depth,
		.refresh_ns = channel->refresh_ns,
	};

	return channel_shape_is_valid(&shape) && !channel->reserved;
}

/* `place`: of the end in its channel. The first is the source. */
static bool is_end(const struct boot_image *image, const struct boot_end *end,
		   uint64_t channel, uint32_t place)
{
	return is_name(end->port) && end->partition < image->partitions.count &&
	       end->channel == channel && end->vector <= BOOT_LAST_VECTOR &&
	       end->direction == (place ? CHANNEL_DESTINATION : CHANNEL_SOURCE);
}

/* Names are compared whole, so what follows one has to be zeros. */
static bool is_filled(const char *name)
{
	bool ended = false;

	for (unsigned i = 0; i < BOOT_NAME; i++) {
		if (ended && name[i])
			return false;
		ended = !name[i];
	}
	return true;
}

static struct boot_problem check_ends(const struct boot_image *image, uint64_t channel)
{
	const struct boot_span *span = &boot_channels(image)[channel].ends;

	for (uint32_t i = 0; i < span->count; i++) {
		const uint32_t end = span->first + i;

		if (!is_end(image, &boot_ends(image)[end], channel, i) ||
		    !is_filled(boot_ends(image)[end].port))
			return bad_record("end", end, NOBODY, "not a valid port");
	}
	return GOOD;
}

static struct boot_problem check_channels(const struct boot_image *image)
{
	uint64_t next = 0;

	for (uint64_t i = 0; i < image->channels.count; i++) {
		const struct boot_channel *channel = &boot_channels(image)[i];
		const uint32_t most =
			channel->kind == CHANNEL_QUEUING ? 2 : BOOT_CHANNEL_ENDS;
		struct boot_problem problem;

		if (!is_channel(channel) || channel->ends.first != next ||
		    channel->ends.count < 2 ||
		    !is_span(&channel->ends, &image->ends, most))
			return bad_record("channel", i, NOBODY,
					  "its limits or its ends are not valid");
		problem = check_ends(image, i);
		if (problem.text)
			return problem;
		next += channel->ends.count;
	}
	return next == image->ends.count ? GOOD : bad("an end belongs to no channel");
}

struct boot_problem boot_check(const void *bytes, size_t size)
{
	const struct boot_image *image = (const struct boot_image *)bytes;
	struct boot_problem problem = check_header(image, size);

	if (!problem.text)
		problem = check_tables(image);
	for (uint32_t i = 0; !problem.text && i < image->partitions.count; i++)
		problem = check_partition(image, i);
	if (!problem.text && !spans_follow(image))
		problem = bad("records belong to no partition");
	if (!problem.text)
		problem = check_sharing(image);
	if (!problem.text)
		problem = check_schedules(image);
	if (!problem.text)
		problem = check_rules(image);
	return problem.text ? problem : check_channels(image);
}
