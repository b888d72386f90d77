/* A partition: memory, addresses, and its runtime's code. See boot_check.h. */
#include "boot_check_parts.h"
#include "common/code_table_x86.h"

/* Bytes that the kernel accesses of the runtime's struct vcpu, at most. */
#define VCPU_BYTES 128u

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

struct boot_problem boot_check_partition(const struct boot_image *image, uint32_t i)
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
