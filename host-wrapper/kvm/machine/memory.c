/* From the guest's regions to memory slots and page tables. See memory.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <jumpslot/provider.h>

#include "common/page.h"
#include "kvm/inside/block.h"
#include "layout_x86.h"
#include "memory.h"
#include "tables_x86.h"

/* The largest page: ranges keep their place in one. */
#define LARGE_PAGE (UINT64_C(2) << 20)

/*
 * Ranges closer than this share a memory slot, as each slot costs milliseconds on a busy
 * machine. The memory between them is in the slot and in no page table: the guest
 * cannot address it.
 */
#define NEAR ((uintptr_t)256 << 20)

#define RANGES (GUEST_MEMORY_REGIONS + BLOCK_PARTS)

static int compare(const void *one, const void *other)
{
	const struct tables_range *a = one, *b = other;

	return (a->start > b->start) - (a->start < b->start);
}

static size_t collect(const struct runner *runner, struct tables_range *ranges)
{
	size_t count = 0;

	for (; count < runner->memory.count; count++) {
		const struct guest_region *region = &runner->memory.regions[count];

		ranges[count] = (struct tables_range){
			.start = region->start,
			.end = PAGE_END(region->end),
			.may_write = region->access & JUMPSLOT_WRITE,
			.may_execute = region->access & JUMPSLOT_EXECUTE,
		};
	}
	count += block_parts(ranges + count);
	qsort(ranges, count, sizeof(*ranges), compare);
	return count;
}

/* The number of ranges, from the first one, that share a slot with it. */
static size_t count_near(const struct tables_range *ranges, size_t count)
{
	size_t near = 1;

	while (near < count && ranges[near].start - ranges[near - 1].end <= NEAR)
		near++;
	return near;
}

/* Gives `count` ranges one slot; `*next` is the first guest-physical address that is
 * free. */
static int add_slot(struct tables_range *ranges, size_t count, uint64_t *next,
		    struct message *message)
{
	const uintptr_t start = ranges[0].start, end = ranges[count - 1].end;
	const uint64_t address = *next + start % LARGE_PAGE;

	for (size_t i = 0; i < count; i++)
		ranges[i].address = address + (ranges[i].start - start);
	*next = (address + (end - start) + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
	return machine_add_memory(address, start, end - start, message);
}

static int add_slots(struct tables_range *ranges, size_t count, struct message *message)
{
	uint64_t next = LAYOUT_MEMORY;
	int error = 0;

	for (size_t done = 0, near; !error && done < count; done += near) {
		near = count_near(ranges + done, count - done);
		error = add_slot(ranges + done, near, &next, message);
	}
	return error;
}

/* The doorbell's page has an address and no memory. */
static struct tables_range doorbell(void)
{
	const uintptr_t start = block_doorbell();

	return (struct tables_range){
		.start = start,
		.end = start + PAGE,
		.address = LAYOUT_DOORBELL,
		.may_write = true,
	};
}

static int forbid_execution(const struct runner *runner, struct message *message)
{
	for (size_t i = 0; i < runner->memory.count; i++) {
		const struct guest_region *region = &runner->memory.regions[i];

		if (region->access & JUMPSLOT_EXECUTE &&
		    mprotect((void *)region->start, region->end - region->start,
			     PROT_READ))
			return fail(message, errno, "the guest's code: %s",
				    strerror(errno));
	}
	return 0;
}

int memory_give(const struct runner *runner, struct machine_tables *tables,
		struct message *message)
{
	struct tables_range ranges[RANGES + 1];
	size_t count = collect(runner, ranges);
	int error = add_slots(ranges, count, message);

	if (error)
		return error;
	if (ranges[0].start < LAYOUT_LOWEST)
		return fail(message, EINVAL,
			    "--host kvm: memory at 0x%zx; expected at 0x%x or above",
			    (size_t)ranges[0].start, LAYOUT_LOWEST);
	ranges[count] = doorbell();
	error = tables_make(ranges, count + 1, tables, message);
	return error ? error : forbid_execution(runner, message);
}
