/* A short list of regions, and the checks of guest pointers. See guest_memory.h. */
#include <errno.h>
#include <string.h>

#include <jumpslot/provider.h>
#include "guest_memory.h"

/* 64 segments, each cut in three at most, and stack, work area, start information. */
#define MAX_REGIONS 256

static struct guest_region regions[MAX_REGIONS];
static size_t region_count;

int guest_memory_add(const struct guest_region *region)
{
	if (region_count == MAX_REGIONS)
		return -ENOSPC;
	regions[region_count++] = *region;
	return 0;
}

const struct guest_region *guest_memory_find(uintptr_t address)
{
	for (size_t i = 0; i < region_count; i++)
		if (address >= regions[i].start && address < regions[i].end)
			return &regions[i];
	return NULL;
}

int guest_memory_protect(uintptr_t start, uintptr_t end)
{
	struct guest_region *region = (struct guest_region *)guest_memory_find(start);
	struct guest_region whole, before, after;
	int error = 0;

	if (!region || start >= end || end > region->end)
		return -EINVAL;
	whole = before = after = *region;
	before.end = start;
	after.start = end;
	*region = (struct guest_region){ start, end, JUMPSLOT_READ, false };
	if (before.start < before.end)
		error = guest_memory_add(&before);
	if (!error && after.start < after.end)
		error = guest_memory_add(&after);
	if (error)
		*region = whole;
	return error;
}

int jumpslot_guest_range(const void *pointer, size_t length, int access)
{
	uintptr_t at = (uintptr_t)pointer;

	while (length) {
		const struct guest_region *region = guest_memory_find(at);

		if (!region || (region->access & access) != access)
			return -EFAULT;
		if (length <= region->end - at)
			return 0;
		length -= region->end - at;
		at = region->end;
	}
	return 0;
}

long jumpslot_guest_string(const char *string, size_t max)
{
	size_t length = 0;

	while (length <= max) {
		const struct guest_region *region =
			guest_memory_find((uintptr_t)string + length);
		size_t room, found;

		if (!region || !(region->access & JUMPSLOT_READ))
			return -EFAULT;
		room = region->end - (uintptr_t)string - length;
		if (room > max - length)
			room = max - length + 1;
		found = strnlen(string + length, room);
		length += found;
		if (found < room)
			return (long)length;
	}
	return -ERANGE;
}
