/* From a plan to regions with contents. See monitor_partition.h. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/abi/vcpu.h>
#include "common/page.h"
#include "common/relocate.h"
#include "monitor/calls.h"
#include "monitor_information.h"
#include "monitor_partition.h"

/* Where the monitor puts what is not in the guest's file. The runtime and the information
 * are above (monitor/calls.h). */
#define STACK_TOP      UINT64_C(0xbf000000)
#define MAX_STACK      (UINT64_C(1) << 30)
#define FAULT_TOP      UINT64_C(0xbf400000)
#define FAULT_STACK    UINT64_C(0x10000)
#define WORK_AREA_HIGH UINT64_C(0x100000000) /* of x86-64 guests */

static uint64_t word_of(const struct plan *plan)
{
	return plan->machine == EM_X86_64 ? 8 : 4;
}

int monitor_partition_add(struct monitor_partition *partition, const char *name,
			  const struct boot_region *record, const uint8_t *contents,
			  struct message *message)
{
	if (partition->region_count == BOOT_MAX_REGIONS)
		return fail(message, ENOSPC, "too many segments");
	partition->regions[partition->region_count++] =
		(struct monitor_region){ *record, contents, name };
	return 0;
}

uint8_t *monitor_partition_memory(struct monitor_partition *partition, size_t size,
				  struct message *message)
{
	uint8_t *bytes =
		partition->owned_count < BOOT_MAX_REGIONS ? calloc(1, size) : NULL;

	if (!bytes)
		fail(message, ENOMEM, "out of memory");
	else
		partition->owned[partition->owned_count++] = bytes;
	return bytes;
}

/* The guest's image as one block of memory, in which its address `image_low` comes
 * first. */
static int map_image(struct monitor_partition *partition, const struct plan *plan,
		     struct message *message)
{
	const struct plan_segment *segments = plan_segments(plan);
	uint64_t low = UINT64_MAX, high = 0;
	void *at;

	for (uint64_t i = 0; i < plan->segments.count; i++) {
		const uint64_t end = segments[i].address + segments[i].memory_size;

		low = segments[i].address < low ? segments[i].address : low;
		high = end > high ? end : high;
		if (segments[i].alignment > MONITOR_PIE_BASE)
			return fail(message, ENOEXEC,
				    "segment %" PRIu64 ": alignment 0x%" PRIx64
				    " (expected at most 0x%" PRIx64 ")",
				    i, segments[i].alignment, MONITOR_PIE_BASE);
	}
	partition->image_low = PAGE_START(low);
	partition->image_size = PAGE_END(high) - partition->image_low;
	at = mmap(NULL, partition->image_size, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return fail(message, errno, "no room for 0x%zx bytes: %s",
			    partition->image_size, strerror(errno));
	partition->image = at;
	return 0;
}

/* Where an address of the file is in the block. */
static uint8_t *at(const struct monitor_partition *partition, uint64_t address)
{
	return partition->image + (address - partition->image_low);
}

static int load(struct monitor_partition *partition, const struct plan *plan,
		const struct elf_file *guest, struct message *message)
{
	const struct plan_segment *segments = plan_segments(plan);
	int error = map_image(partition, plan, message);

	for (uint64_t i = 0; !error && i < plan->segments.count; i++)
		if (elf_file_read(guest, at(partition, segments[i].address),
				  (size_t)segments[i].file_size, segments[i].offset))
			error = fail(message, EIO, "cannot be read: it was cut short");
	if (!error && plan->position_independent)
		error = relocate(plan,
				 (uintptr_t)partition->image -
					 (uintptr_t)partition->image_low,
				 partition->record.base, message);
	return error;
}

uint64_t monitor_partition_resolver(const struct monitor_partition *partition)
{
	return partition->record.runtime.calls +
	       (uint64_t)MONITOR_UNBOUND * MONITOR_CALL_BYTES;
}

/* Every slot gets its function now: a partition binds nothing while it runs. A slot
 * without a function leads to the resolver, which reports the call. */
static void bind(struct monitor_partition *partition, const struct plan *plan)
{
	const struct plan_import *imports = plan_imports(plan);
	const uint64_t resolver = monitor_partition_resolver(partition);

	memcpy(at(partition, plan->resolver_pointer), &resolver, word_of(plan));
	for (uint64_t i = 0; i < plan->imports.count; i++)
		if (imports[i].provider != PLAN_NO_PROVIDER)
			memcpy(at(partition, imports[i].slot), &imports[i].function,
			       word_of(plan));
}

static uint32_t access_of(uint32_t flags)
{
	return BOOT_READ | (flags & PF_W ? BOOT_WRITE : 0u) |
	       (flags & PF_X ? BOOT_EXECUTE : 0u);
}

/* Bytes up to the last one that is not zero. */
static uint64_t used_bytes(const uint8_t *bytes, uint64_t size)
{
	while (size >= 8 && !memcmp(bytes + size - 8, &(uint64_t){ 0 }, 8))
		size -= 8;
	return size;
}

/* Part of the guest's image: whole pages with one access. */
static int add_part(struct monitor_partition *partition, uint64_t start, uint64_t end,
		    uint32_t access, struct message *message)
{
	const uint8_t *contents = at(partition, start);
	const struct boot_region record = {
		.address = partition->record.base + start,
		.size = end - start,
		.file_size = access & BOOT_WRITE ? used_bytes(contents, end - start)
						 : end - start,
		.access = access,
		.kind = BOOT_SEGMENT,
	};

	if (start == end)
		return 0;
	return monitor_partition_add(partition, "the guest's image", &record, contents,
				     message);
}

/* Whole pages of slots in it are read-only to the guest. */
static int add_segment(struct monitor_partition *partition, const struct plan *plan,
		       const struct plan_segment *segment, struct message *message)
{
	const uint64_t start = PAGE_START(segment->address);
	const uint64_t end = PAGE_END(segment->address + segment->memory_size);
	const uint64_t low = plan->readonly_slots.address;
	const uint64_t high = low + plan->readonly_slots.size;
	const uint32_t access = access_of(segment->flags);
	int error;

	if (!plan->readonly_slots.size || low < start || high > end)
		return add_part(partition, start, end, access, message);
	error = add_part(partition, start, low, access, message);
	if (!error)
		error = add_part(partition, low, high, BOOT_READ, message);
	return error ? error : add_part(partition, high, end, access, message);
}

static int add_image(struct monitor_partition *partition, const struct plan *plan,
		     struct message *message)
{
	int error = 0;

	for (uint64_t i = 0; !error && i < plan->segments.count; i++)
		error = add_segment(partition, plan, &plan_segments(plan)[i], message);
	return error;
}

static int add_empty(struct monitor_partition *partition, const char *name,
		     uint64_t address, uint64_t size, enum boot_region_kind kind,
		     struct message *message)
{
	const struct boot_region record = {
		.address = address,
		.size = size,
		.access = BOOT_READ | BOOT_WRITE,
		.kind = kind,
	};

	return monitor_partition_add(partition, name, &record, NULL, message);
}

/* Returns where the work area begins; 0 if there is no room below the stack. */
static uint64_t work_area_address(const struct plan *plan)
{
	const uint64_t end = STACK_TOP - PAGE_END(plan->stack_size) - BOOT_STACK_GUARD;

	if (plan->machine == EM_X86_64)
		return WORK_AREA_HIGH;
	return plan->work_area_size < end ? end - plan->work_area_size : 0;
}

static int add_work_memory(struct monitor_partition *partition, const struct plan *plan,
			   struct message *message)
{
	const uint64_t stack = PAGE_END(plan->stack_size);
	int error;

	if (stack > MAX_STACK)
		return fail(message, EINVAL,
			    "--stack of %" PRIu64
			    " bytes: too large for a partition (expected at most 1G)",
			    plan->stack_size);
	if (!work_area_address(plan))
		return fail(message, EINVAL,
			    "--work-area of %" PRIu64
			    " bytes: too large for an i386 partition",
			    plan->work_area_size);
	error = add_empty(partition, "its stack", STACK_TOP - stack, stack, BOOT_STACK,
			  message);
	if (!error)
		error = add_empty(partition, "its stack for faults",
				  FAULT_TOP - FAULT_STACK, FAULT_STACK, BOOT_FAULT_STACK,
				  message);
	return error ? error
		     : add_empty(partition, "its work area", work_area_address(plan),
				 plan->work_area_size, BOOT_WORK_AREA, message);
}

/* The variables of vcpu/ that are set before the guest runs. */
static void set_variables(const struct monitor_runtime *runtime, const struct plan *plan,
			  uint64_t base, uint8_t *variables)
{
	const uint64_t state = plan->vcpu_state ? base + plan->vcpu_state : 0;
	const uint64_t lines = UINT64_C(1) << JUMPSLOT_VECTOR_CONSOLE;

	memcpy(variables + runtime->state_offset, &state, word_of(plan));
	memcpy(variables + runtime->lines_offset, &lines, sizeof(lines));
}

/* Partitions share what they cannot write. */
static const uint8_t *runtime_contents(struct monitor_partition *partition,
				       const struct plan *plan, size_t number,
				       struct message *message)
{
	const struct monitor_runtime *runtime = partition->runtime;
	const GElf_Phdr *segment = &runtime->segments[number];
	const uint64_t vcpu = runtime->addresses.vcpu;
	const uint64_t size = PAGE_END(segment->p_memsz);
	uint8_t *contents;

	if (!(segment->p_flags & PF_W))
		return runtime->contents[number];
	contents = monitor_partition_memory(partition, size, message);
	if (!contents)
		return NULL;
	memcpy(contents, runtime->contents[number], size);
	if (vcpu >= segment->p_vaddr && range_within(vcpu - segment->p_vaddr, 128, size))
		set_variables(runtime, plan, partition->record.base,
			      contents + (vcpu - segment->p_vaddr));
	return contents;
}

static int add_runtime_segment(struct monitor_partition *partition,
			       const struct plan *plan, size_t number,
			       struct message *message)
{
	const GElf_Phdr *segment = &partition->runtime->segments[number];
	const uint64_t size = PAGE_END(segment->p_memsz);
	const uint8_t *contents = runtime_contents(partition, plan, number, message);
	const struct boot_region record = {
		.address = segment->p_vaddr,
		.size = size,
		.file_size = size,
		.access = access_of(segment->p_flags),
		.kind = BOOT_RUNTIME,
	};

	return contents ? monitor_partition_add(partition, "the monitor's runtime",
						&record, contents, message)
			: -ENOMEM;
}

static int add_runtime(struct monitor_partition *partition, const struct plan *plan,
		       struct message *message)
{
	const struct monitor_runtime *runtime = partition->runtime;
	int error = 0;

	if (runtime->state_offset > 120 || runtime->lines_offset > 120)
		return fail(message, ENOEXEC, "the runtime has another layout");
	for (size_t i = 0; !error && i < runtime->segment_count; i++)
		error = add_runtime_segment(partition, plan, i, message);
	return error;
}

static int add_information(struct monitor_partition *partition, const struct plan *plan,
			   struct message *message)
{
	const struct monitor_addresses addresses = {
		.base = partition->record.base,
		.resolver = monitor_partition_resolver(partition),
		.work_area = work_area_address(plan),
	};
	const uint64_t size = PAGE_END(monitor_information_size(plan));
	uint8_t *contents = monitor_partition_memory(partition, size, message);
	const struct boot_region record = {
		.address = MONITOR_INFORMATION,
		.size = size,
		.file_size = size,
		.access = BOOT_READ,
		.kind = BOOT_SEGMENT,
	};

	if (!contents)
		return -ENOMEM;
	monitor_information_write(contents, plan, &addresses);
	partition->record.start_info = monitor_information_start(plan);
	partition->record.multiboot = monitor_information_multiboot(plan);
	return monitor_partition_add(partition, "the information for it", &record,
				     contents, message);
}

static int compare(const void *a, const void *b)
{
	const struct monitor_region *x = a, *y = b;

	return x->record.address < y->record.address
		       ? -1
		       : x->record.address > y->record.address;
}

int monitor_partition_check(struct monitor_partition *partition, struct message *message)
{
	struct monitor_region *regions = partition->regions;

	qsort(regions, partition->region_count, sizeof(*regions), compare);
	for (size_t i = 1; i < partition->region_count; i++) {
		const struct boot_region *a = &regions[i - 1].record;
		const struct boot_region *b = &regions[i].record;

		if (a->address + a->size > b->address)
			return fail(message, ENOEXEC,
				    "%s at 0x%" PRIx64 "-0x%" PRIx64
				    " overlaps %s at 0x%" PRIx64 "-0x%" PRIx64
				    " of the partition",
				    regions[i - 1].name, a->address, a->address + a->size,
				    regions[i].name, b->address, b->address + b->size);
	}
	return 0;
}

static void fill_record(struct monitor_partition *partition, const char *name,
			const struct plan *plan)
{
	struct boot_partition *record = &partition->record;
	const uint64_t base = plan->position_independent ? MONITOR_PIE_BASE : 0;

	*record = (struct boot_partition){
		.machine = plan->machine,
		.entry = base + plan->entry,
		.base = base,
		.imports_address = base + plan->imports_address,
		.import_count = plan->imports.count,
		.vcpu_state = plan->vcpu_state ? base + plan->vcpu_state : 0,
		.runtime = partition->runtime->addresses,
	};
	strncpy(record->name, name, sizeof(record->name) - 1);
}

int monitor_partition_make(struct monitor_partition *partition, const char *name,
			   const struct plan *plan, const struct elf_file *guest,
			   const struct monitor_runtime *runtime, struct message *message)
{
	int error;

	*partition = (struct monitor_partition){ .runtime = runtime };
	fill_record(partition, name, plan);
	error = load(partition, plan, guest, message);
	if (error)
		return error;
	bind(partition, plan);
	error = add_image(partition, plan, message);
	if (!error)
		error = add_work_memory(partition, plan, message);
	if (!error)
		error = add_runtime(partition, plan, message);
	if (!error)
		error = add_information(partition, plan, message);
	return error ? error : monitor_partition_check(partition, message);
}

void monitor_partition_add_lines(struct monitor_partition *partition, uint64_t lines)
{
	const uint64_t vcpu = partition->record.runtime.vcpu;

	for (size_t i = 0; i < partition->region_count; i++) {
		const struct boot_region *region = &partition->regions[i].record;
		uint64_t all;
		uint8_t *to;

		if (region->kind != BOOT_RUNTIME || !(region->access & BOOT_WRITE) ||
		    vcpu < region->address ||
		    !range_within(vcpu - region->address,
				  partition->runtime->lines_offset + sizeof(all),
				  region->file_size))
			continue;
		/* Memory of the partition's own: runtime_contents(). */
		to = (uint8_t *)partition->regions[i].contents +
		     (vcpu - region->address) + partition->runtime->lines_offset;
		memcpy(&all, to, sizeof(all));
		all |= lines;
		memcpy(to, &all, sizeof(all));
	}
}

void monitor_partition_free(struct monitor_partition *partition)
{
	if (partition->image)
		munmap(partition->image, partition->image_size);
	while (partition->owned_count)
		free(partition->owned[--partition->owned_count]);
}
