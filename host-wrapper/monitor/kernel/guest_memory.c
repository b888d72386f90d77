/* Regions in ascending order, each one row of physical pages. See guest_memory.h. */
#include "guest_memory.h"
#include "memory_bytes.h"
#include "pages.h"

static const struct partition_region *find(const struct partition *partition,
					   uint64_t address)
{
	uint32_t low = 0, high = partition->region_count;

	while (low < high) {
		const uint32_t middle = (low + high) / 2;
		const struct partition_region *region = &partition->regions[middle];

		if (address < region->start)
			high = middle;
		else if (address >= region->end)
			low = middle + 1;
		else
			return region;
	}
	return NULL;
}

static bool is_code(const struct boot_region *record)
{
	return record->kind == BOOT_SEGMENT && record->access & BOOT_EXECUTE;
}

/* In ascending order of addresses. */
static void note_code(struct partition *partition, const struct boot_region *record)
{
	if (!is_code(record))
		return;
	if (!partition->code_end)
		partition->code_start = record->address;
	partition->code_end = record->address + record->size;
}

static void *window_at(const struct partition_region *region, uint64_t address)
{
	return pages_window(region->physical + (address - region->start));
}

/* Memory that a guest writes is its own; the rest is the boot image's. */
static bool create_region(struct partition *partition, const struct boot_region *record)
{
	const uint64_t count = record->size / BOOT_PAGE;
	struct partition_region *region = &partition->regions[partition->region_count++];

	*region = (struct partition_region){
		.start = record->address,
		.end = record->address + record->size,
		.record = record,
		.is_own = record->access & BOOT_WRITE,
	};
	if (region->is_own)
		region->physical = pages_allocate(count);
	else
		region->physical = (uint64_t)(uintptr_t)partition->image - WINDOW_BASE +
				   record->offset;
	note_code(partition, record);
	if (record->kind == BOOT_STACK)
		partition->stack = region;
	if (record->kind == BOOT_FAULT_STACK)
		partition->fault_stack = region;
	return region->physical && pages_map(partition->root, region->start,
					     region->physical, count, record->access);
}

bool guest_memory_create(struct partition *partition)
{
	const struct boot_partition *record = partition->record;
	const struct boot_region *regions =
		boot_regions(partition->image) + record->regions.first;
	const struct partition_region *region;

	partition->root = pages_new_root();
	if (!partition->root)
		return false;
	for (uint32_t i = 0; i < record->regions.count; i++)
		if (!create_region(partition, &regions[i]))
			return false;
	region = record->vcpu_state ? find(partition, record->vcpu_state) : NULL;
	if (region)
		partition->state = window_at(region, record->vcpu_state);
	return true;
}

/* The region of an address, and how many of `size` bytes from there are in it. NULL: none
 * with that access. */
static const struct partition_region *part_of(const struct partition *partition,
					      uint64_t address, uint64_t size,
					      uint32_t access, uint64_t *bytes)
{
	const struct partition_region *region = find(partition, address);

	if (!region || (region->record->access & access) != access)
		return NULL;
	*bytes = region->end - address < size ? region->end - address : size;
	return region;
}

static uint64_t accessible(const struct partition *partition, uint64_t address,
			   uint64_t size, uint32_t access)
{
	const struct partition_region *region = find(partition, address);
	const struct partition_region *last =
		&partition->regions[partition->region_count - 1];
	uint64_t at = address;

	while (region && (region->record->access & access) == access) {
		if (size - (at - address) <= region->end - at)
			return size;
		at = region->end;
		region = region < last && region[1].start == at ? region + 1 : NULL;
	}
	return at - address;
}

bool guest_memory_has(const struct partition *partition, uint64_t address, uint64_t size,
		      uint32_t access)
{
	return accessible(partition, address, size, access) == size;
}

bool guest_memory_has_code(const struct partition *partition, uint64_t address)
{
	const struct partition_region *region = find(partition, address);

	return region && is_code(region->record);
}

uint64_t guest_memory_readable(const struct partition *partition, uint64_t address,
			       uint64_t size)
{
	return accessible(partition, address, size, BOOT_READ);
}

/* Bytes that are all in one region, as most often; otherwise NULL. */
static void *in_one_region(const struct partition *partition, uint64_t address,
			   uint64_t size, uint32_t access)
{
	const struct partition_region *region = find(partition, address);

	if (!region || (region->record->access & access) != access ||
	    size > region->end - address)
		return NULL;
	return window_at(region, address);
}

bool guest_memory_read(const struct partition *partition, void *to, uint64_t from,
		       uint64_t size)
{
	const struct partition_region *region;
	const void *whole = in_one_region(partition, from, size, BOOT_READ);
	uint64_t done = 0, bytes = 0;

	if (whole) {
		memcpy(to, whole, size);
		return true;
	}
	if (!guest_memory_has(partition, from, size, BOOT_READ))
		return false;
	while (done < size && (region = part_of(partition, from + done, size - done,
						BOOT_READ, &bytes))) {
		memcpy((char *)to + done, window_at(region, from + done), bytes);
		done += bytes;
	}
	return true;
}

bool guest_memory_write(const struct partition *partition, uint64_t to, const void *from,
			uint64_t size)
{
	const struct partition_region *region;
	void *whole = in_one_region(partition, to, size, BOOT_WRITE);
	uint64_t done = 0, bytes = 0;

	if (whole) {
		memcpy(whole, from, size);
		return true;
	}
	if (!guest_memory_has(partition, to, size, BOOT_WRITE))
		return false;
	while (done < size && (region = part_of(partition, to + done, size - done,
						BOOT_WRITE, &bytes))) {
		memcpy(window_at(region, to + done), (const char *)from + done, bytes);
		done += bytes;
	}
	return true;
}

uint64_t guest_memory_word(const struct partition *partition, uint64_t address)
{
	uint64_t word = 0;

	guest_memory_read(partition, &word, address, partition_word(partition));
	return word;
}
